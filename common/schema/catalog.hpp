#pragma once
/// All types of the data files, indexed. Internal to common/schema.
#include "common/schema/schema.hpp"

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::schema {

class Catalog {
public:
    /// Reads data files in the form described in README.md of this folder. A fault in them is a
    /// fault of this program, so it throws.
    explicit Catalog(const std::vector<std::string_view>& files);

    [[nodiscard]] const Type* find_kind(
        std::string_view group_version, std::string_view kind) const;
    /// Kind → type.
    [[nodiscard]] std::map<std::string, const Type*> kinds_of(std::string_view group_version) const;
    [[nodiscard]] const std::deque<Type>& types() const { return types_; }

private:
    using QualifiedName =
        std::pair<std::string, std::string>;  // package or group version, then type or kind

    void declare_types(const Json& file);
    void define_types(const Json& file);
    void declare_kinds(
        const std::string& package,
        const std::string& group_version,
        const std::vector<std::string>& kinds);
    [[nodiscard]] const Type* resolve(const std::string& package, const std::string& name) const;
    [[nodiscard]] Field make_field(const std::string& package, const Json& line) const;
    void set_type(Field& field, const std::string& package, std::string_view notation) const;

    std::deque<Type> types_;  // a deque, since fields point at them
    std::map<QualifiedName, Type*> by_package_;
    std::map<std::string, Type*> by_name_;
    std::map<QualifiedName, const Type*, std::less<>> kinds_;
};

/// The catalog of the embedded files, read at first use.
[[nodiscard]] const Catalog& catalog();

}  // namespace picket::schema
