#include "apiserver/storage/store.hpp"

namespace picket::storage {

bool Filter::matches(const StoredObject& object) const {
    if (!namespace_name.empty() && object.key.namespace_name != namespace_name) return false;
    if (!name.empty() && object.key.name != name) return false;
    if (field && object.attributes.field(field->first) != field->second) return false;
    return !predicate || predicate(object);
}

}  // namespace picket::storage
