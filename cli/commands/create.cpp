#include "cli/commands/commands.hpp"
#include "cli/data_arguments.hpp"
#include "cli/manifest.hpp"
#include "cli/resource_args.hpp"
#include "cli/session.hpp"
#include "cli/write_options.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

struct CreateOptions {
    ConnectionOptions connection;
    ManifestOptions manifests;
    WriteOptions write;
    std::string name;
    DataArguments data;
    std::string secret_type = "Opaque";
};
using Options = std::shared_ptr<CreateOptions>;

Result<Json> create_object(Session& session, Json object, DryRun dry_run) {
    auto target = target_of_object(object, session.namespace_name());
    if (!target) return target.error();
    target->name.clear();
    if (!target->namespace_name.empty()) object["metadata"]["namespace"] = target->namespace_name;
    if (dry_run == DryRun::Client) return object;
    return session.create(*target, object, {.query = write_query(dry_run, "picket-create")});
}

Result<int> create_one(const CreateOptions& options, Json object) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto created = create_object(**session, std::move(object), options.write.dry_run);
    if (!created) return created.error();
    print_written(*created, "created", options.write);
    return kDone;
}

Result<int> create_from_files(const CreateOptions& options) {
    if (options.manifests.files.empty())
        throw UsageError(
            "say what to create: -f FILE, or namespace, configmap, secret, serviceaccount and a "
            "name");
    auto manifests = load_manifests(options.manifests);
    if (!manifests) return manifests.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    int code = kDone;
    for (const Manifest& manifest : *manifests) {
        auto created = create_object(**session, manifest.object, options.write.dry_run);
        if (created) {
            print_written(*created, "created", options.write);
        } else {
            code = report_failure(manifest, created.error());
        }
    }
    return code;
}

Json named_object(const char* kind, const CreateOptions& options) {
    return {{"apiVersion", "v1"}, {"kind", kind}, {"metadata", {{"name", options.name}}}};
}

Result<int> create_config_map(const CreateOptions& options) {
    Json object = named_object("ConfigMap", options);
    if (auto added = add_config_map_data(object, options.data); !added) return added.error();
    return create_one(options, std::move(object));
}

Result<int> create_secret(const CreateOptions& options) {
    Json object = named_object("Secret", options);
    object["type"] = options.secret_type;
    if (auto added = add_secret_data(object, options.data); !added) return added.error();
    return create_one(options, std::move(object));
}

CLI::App* add_kind(CLI::App& app, const char* name, const char* summary, const Options& options) {
    CLI::App* kind = app.add_subcommand(name, summary);
    kind->add_option("name", options->name, "name of the new object")->required();
    add_write_options(*kind, options->write);
    add_connection_options(*kind, options->connection);
    return kind;
}

}  // namespace

Action define_create(CLI::App& app) {
    const auto options = std::make_shared<CreateOptions>();
    add_manifest_options(app, options->manifests);
    add_write_options(app, options->write);
    add_connection_options(app, options->connection);
    const CLI::App* name_space =
        add_kind(app, "namespace", "Create a namespace", options)->alias("ns");
    const CLI::App* account =
        add_kind(app, "serviceaccount", "Create a service account", options)->alias("sa");
    CLI::App* config_map =
        add_kind(app, "configmap", "Create a ConfigMap from values and files", options)
            ->alias("cm");
    add_data_arguments(*config_map, options->data);
    CLI::App* secret = add_kind(app, "secret", "Create a Secret from values and files", options);
    add_data_arguments(*secret, options->data);
    secret->add_option("--type", options->secret_type, "type of the Secret; Opaque by default");
    return [=]() -> Result<int> {
        if (name_space->parsed()) return create_one(*options, named_object("Namespace", *options));
        if (account->parsed())
            return create_one(*options, named_object("ServiceAccount", *options));
        if (config_map->parsed()) return create_config_map(*options);
        if (secret->parsed()) return create_secret(*options);
        return create_from_files(*options);
    };
}

}  // namespace picket::cli
