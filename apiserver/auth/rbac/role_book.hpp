#pragma once
#include "apiserver/auth/rbac/role_table.hpp"
#include "apiserver/storage/store.hpp"

#include <array>
#include <map>

namespace picket::apiserver {

/// The RoleTable of what the store holds now. It is made anew when a role or binding has changed;
/// each object is parsed once per version. Loop thread only.
class RoleBook {
public:
    explicit RoleBook(const storage::Store& store) : store_(store) {}

    [[nodiscard]] const RoleTable& table() const;

private:
    template <class View>
    struct Parsed {
        storage::StoredPtr object;
        std::shared_ptr<const View> view;
    };
    template <class View>
    using Views = std::map<storage::ObjectKey, Parsed<View>>;
    /// How often each of the four kinds has changed.
    using Changes = std::array<std::uint64_t, 4>;

    [[nodiscard]] Changes changes() const;
    void refresh() const;

    const storage::Store& store_;
    // A cache: what it answers depends on the store alone.
    mutable std::optional<Changes> seen_;
    mutable Views<RoleView> roles_;
    mutable Views<BindingView> bindings_;
    mutable RoleTable table_;
};

}  // namespace picket::apiserver
