#pragma once
/// The kinds' schema as data: what the files `*.v1.json` in this folder say, and what is done with
/// it. All functions are pure; the data is read at first use and never changes afterwards.
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace picket::schema {

struct Type;

/// How a list is merged by a strategic merge patch.
enum class ListMerge { Atomic, Set, ByKey };

/// One field of a type, as the data files say it.
struct Field {
    std::string name;
    enum class Kind {
        String,
        Integer,
        Number,
        Boolean,
        Object,
        List,
        Map,
        Any,
        IntOrString,
        Quantity,
        Time,
        MicroTime,
        Base64
    };
    Kind kind = Kind::String;
    Kind element_kind = Kind::String;  ///< of a List or Map
    const Type* type = nullptr;        ///< of an Object, or of the elements of a List or Map
    int bits = 64;                     ///< of an Integer, also as element: 32 or 64
    /// Absent, an empty string and an empty list are errors.
    bool required = false;
    /// Why the field is stored and shown but has no effect here (a warning says so); empty: the
    /// field is honoured.
    std::string stored_reason;
    /// Values of a stored field that deserve no warning, since what they ask for is what happens
    /// anyway. Null: none.
    std::shared_ptr<const Json> without_warning;
    std::shared_ptr<const Json> default_value;  ///< null: none
    /// 0 or false means the same as absence; the default takes its place, too.
    bool zero_is_absent = false;
    std::vector<std::string> enum_values;  ///< of a string, or of the elements of a list
    ListMerge merge = ListMerge::Atomic;
    std::vector<std::string> merge_keys;  ///< ByKey; the first is the patch merge key
    /// What tells the elements of a list apart (`x-kubernetes-list-map-keys`); mostly the merge
    /// keys.
    std::vector<std::string> list_keys;
    bool retain_keys = false;
    bool atomic = false;  ///< of a Map: server-side apply replaces it as a whole
    std::string description;

    [[nodiscard]] bool honoured() const { return stored_reason.empty(); }
};

struct Type {
    std::string name;     ///< "PodSpec"
    std::string package;  ///< "io.k8s.api.core.v1", as OpenAPI documents qualify the name
    std::string description;
    bool atomic = false;        ///< server-side apply replaces such an object as a whole
    std::vector<Field> fields;  ///< sorted by name
    [[nodiscard]] const Field* find(std::string_view field) const;
};

/// The type of a kind, or null if the data has none. `group_version` as in apiVersion.
/// DeleteOptions and Status are known under every group version.
[[nodiscard]] const Type* find_kind(std::string_view group_version, std::string_view kind);

/// What checking a document found. Null counts as absent everywhere but inside a list.
struct CheckResult {
    std::vector<FieldError> errors;  ///< missing required field, value not in the enum
    std::vector<std::string>
        type_errors;  ///< wrong JSON types and forms: undecodable, so 400 and not 422
    std::vector<std::string> unknown_fields;  ///< paths, for fieldValidation
    std::vector<std::string>
        stored_only;  ///< "spec.x: why it has no effect here", for Warning headers
};
/// `path` is where the document stands in a larger one: "spec.template" for messages.
[[nodiscard]] CheckResult check(const Type& type, const Json& document, std::string_view path = {});

/// Fills in the defaults the data gives; nothing that is present is changed, except an empty
/// string, which Kubernetes cannot tell from an absent one. Explicit nulls are removed first, as
/// the wire treats null as absent (as value in a map of strings it is ""); what has no schema
/// (`data` of a ControllerRevision) stays as it is.
void apply_defaults(const Type& type, Json& document);
/// The document without what says the same as its absence: nulls, empty strings, lists and objects,
/// and 0 or false where the data says `zero_is_absent`. Two documents that mean the same have the
/// same normal form. Maps and list elements stay as they are.
[[nodiscard]] Json normal_form(const Type& type, Json document);
/// Takes out what the wire treats as absent, as apply_defaults does, and fills in nothing.
void drop_absent(const Type& type, Json& document);
/// Removes explicit nulls of object fields, whatever the type.
void drop_nulls(Json& document);

/// Strategic merge patch with $patch, $retainKeys, $setElementOrder and $deleteFromPrimitiveList.
/// BadRequest when the patch is malformed.
[[nodiscard]] Result<Json> strategic_merge(const Type& type, Json document, const Json& patch);
/// RFC 7386.
[[nodiscard]] Json merge_patch(Json document, const Json& patch);
/// RFC 6902. Invalid (422) when a test fails or a path does not exist; BadRequest when the patch is
/// malformed.
[[nodiscard]] Result<Json> json_patch(Json document, const Json& patch);

/// OpenAPI v3 document of one group/version ("apps/v1"), and the index of all with a content hash
/// per document. Null for a group/version that is not served.
[[nodiscard]] Json openapi_v3(std::string_view group_version);
[[nodiscard]] Json openapi_v3_index();
/// Everything in one Swagger 2.0 document. Made anew each time: as a tree it takes megabytes.
[[nodiscard]] Json openapi_v2();

}  // namespace picket::schema
