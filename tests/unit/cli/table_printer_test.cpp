#include "cli/table_printer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using picket::Json;
using picket::cli::TablePrinter;

namespace {

Json table() {
    return Json::parse(R"({
        "columnDefinitions": [{"name": "Name", "priority": 0}, {"name": "Desired", "priority": 0}, {"name": "Images", "priority": 1}],
        "rows": [
            {"cells": ["web", 3, "img:1"], "object": {"metadata": {"namespace": "default", "labels": {"app": "web"}}}},
            {"cells": ["a-long-name", null], "object": {"metadata": {"namespace": "kube-system"}}}
        ]})");
}

}  // namespace

TEST_CASE("tables: columns line up, wide ones are left out", "[table]") {
    CHECK(
        TablePrinter({}).print(table()) ==
        "NAME          DESIRED\n"
        "web           3\n"
        "a-long-name   <none>\n");
}

TEST_CASE("tables: wide, namespace, labels and prefix", "[table]") {
    CHECK(
        TablePrinter(
            {.wide = true, .show_namespace = true, .show_labels = true, .name_prefix = "ds/"})
            .print(table()) ==
        "NAMESPACE     NAME             DESIRED   IMAGES   LABELS\n"
        "default       ds/web           3         img:1    app=web\n"
        "kube-system   ds/a-long-name   <none>             <none>\n");
}

TEST_CASE("tables: the rows of a watch stand below the list, without a second heading", "[table]") {
    TablePrinter printer({});
    (void)printer.print(table());
    const Json event = Json::parse(R"({"rows": [{"cells": ["web", 4, "img:1"]}]})");
    CHECK(printer.print(event) == "web           4\n");
}

TEST_CASE("tables: a cell is one line, and wide characters count once", "[table]") {
    Json made = table();
    made["rows"][0]["cells"][0] = "zwölf\nDaemonen";
    CHECK(
        TablePrinter({.headings = false}).print(made) ==
        "zwölf Daemonen   3\n"
        "a-long-name      <none>\n");
}
