#include "common/schema/path.hpp"

#include "common/base/field_error.hpp"

namespace picket::schema {

std::string Path::text() const {
    switch (step_) {
        case Step::Root:
            return std::string(name_);
        case Step::Field:
            return field::child(parent_->text(), name_);
        case Step::Key:
            return field::key(parent_->text(), name_);
        case Step::Index:
            return field::index(parent_->text(), position_);
    }
    return {};
}

}  // namespace picket::schema
