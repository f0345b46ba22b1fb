#!/usr/bin/env bats
# What clients rely on without saying so, request by request: headers, shapes, spellings. One server, no host.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    TOKEN=$(sed -n 's/^ *token: *//p' "$KUBECONFIG" | tr -d '"')
    printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" >"$DIR/curlrc"
    export URL
    URL=$(server_url)
    make_map one
}

teardown_file() { remove_cluster; }

MAPS=/api/v1/namespaces/default/configmaps

# ask PATH [CURL-OPTION...]: the body.
ask() { curl -ksS -m 60 -K "$DIR/curlrc" "$URL$1" "${@:2}"; }
head_of() { ask "$1" -D - -o /dev/null "${@:2}" | tr -d '\r'; }
send() { ask "$2" -X "$1" -H 'Content-Type: application/json' -d "$3" "${@:4}"; }
make_map() { send POST "$MAPS" '{"metadata":{"name":"'"$1"'","labels":{"a":"b"}},"data":{"k":"v"}}' >/dev/null; }
is() { jq -e "$1" >/dev/null; }
version_of() { ask "$MAPS/$1" | jq -r .metadata.resourceVersion; }

@test "answers say when they were given, and what they are" {
    [[ $(head_of "$MAPS") == *"Date: "*"Content-Type: application/json"* ]]
    [[ $(head_of /version) == *"200"* && $(head_of /version/) == *"200"* && $(head_of /apis/apps/v1/) == *"200"* ]]
    [[ $(curl -ks "$URL/api/v1/pods" -D - | tr -d '\r') == *"401"*'WWW-Authenticate: Bearer'*'"reason":"Unauthorized"'* ]]
}

@test "discovery: legacy and aggregated, with what drain and scale look for" {
    ask /api | is '.kind == "APIVersions" and .versions == ["v1"]'
    ask /apis | is 'all(.groups[]; .preferredVersion.groupVersion != null)'
    ask /api/v1 | is '.resources[] | select(.name == "pods/eviction") | .group == "policy" and .version == "v1" and .kind == "Eviction"'
    ask /apis/apps/v1 | is 'all(.resources[]; .name != "daemonsets/scale")'
    for version in v2 v2beta1; do
        accept="application/json;g=apidiscovery.k8s.io;v=$version;as=APIGroupDiscoveryList"
        [[ $(head_of /apis -H "Accept: $accept") == *"$accept"*"Vary: Accept"* ]]
        ask /apis -H "Accept: $accept" | is '.apiVersion == "apidiscovery.k8s.io/'"$version"'"
            and all(.items[].versions[].resources[]; .scope != null and .responseKind != null)'
    done
    etag=$(head_of /apis | sed -n 's/^ETag: //p')
    [[ $(head_of /apis -H "If-None-Match: $etag") == *" 304 "* ]]
}

@test "OpenAPI: kubectl's own way to ask, and an answer it can read" {
    [[ $(head_of /openapi/v2 -H 'Accept: application/com.github.proto-openapi.spec.v2@v1.0+protobuf') == \
        *"Content-Type: application/com.github.proto-openapi.spec.v2.v1.0+protobuf"* ]]
    ask /openapi/v3 | is '.paths["apis/apps/v1"].serverRelativeURL | startswith("/openapi/v3/apis/apps/v1?hash=")'
    ask /openapi/v2 | is '.swagger == "2.0" and (.definitions | length) > 100'
}

@test "lists: empty ones, pages, and a dead page" {
    ask "$MAPS?labelSelector=a%3Dnobody" | is '.kind == "ConfigMapList" and .items == []'
    make_map two
    make_map three
    ask "$MAPS?limit=1&labelSelector=a" >"$DIR/page"
    is '(.items | length) == 1' <"$DIR/page"
    next=$(jq -r .metadata.continue "$DIR/page")
    ask "$MAPS?limit=5&labelSelector=a&continue=$next" | is '(.items | length) == 2 and .metadata.continue == null'
    ask "$MAPS?limit=1&continue=junk" | is '.kind == "Status" and (.code == 400 or .code == 410)'
    ask "$MAPS?fieldSelector=bogus%3Dx" | is '.code == 400 and (.message | contains("field label not supported"))'
}

@test "tables: one row an object, with what was asked for beside it" {
    local table='Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    ask "$MAPS/one" -H "$table" | is '.kind == "Table" and (.rows | length) == 1 and .rows[0].object.kind == "PartialObjectMetadata"'
    ask "$MAPS?includeObject=Object" -H "$table" | is 'all(.rows[]; .object.kind == "ConfigMap")'
    ask "$MAPS?includeObject=None" -H "$table" | is 'all(.rows[]; .object == null)'
    ask "$MAPS" -H "$table" | is '.columnDefinitions[0].format == "name" and .columnDefinitions[0].name == "Name"'
}

@test "watches: every spelling of yes, the present state, bookmarks, an end" {
    local query
    for query in "watch=true" "watch=True" "watch=1" "watch=t&resourceVersion=0"; do
        ask "$MAPS?$query&timeoutSeconds=1&fieldSelector=metadata.name%3Done" | is '.type == "ADDED" and .object.kind == "ConfigMap"'
    done
    [[ $(ask "$MAPS?watch=1&timeoutSeconds=1&resourceVersion=$(version_of one)&fieldSelector=metadata.name%3Done") == "" ]]
    ask "$MAPS?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true" |
        jq -se '[.[] | select(.type == "BOOKMARK")][0].object.metadata.annotations["k8s.io/initial-events-end"] == "true"'
    ask "$MAPS?watch=maybe" | is '.code == 400'
}

@test "patches: nothing changed is no new version, and a stale one is refused" {
    before=$(version_of one)
    for body in '{}' '{"metadata":{"labels":{"a":"b"}}}'; do
        ask "$MAPS/one" -X PATCH -H 'Content-Type: application/merge-patch+json' -d "$body" | is '.kind == "ConfigMap"'
    done
    [[ $(version_of one) == "$before" ]]
    ask "$MAPS/one" -X PATCH -H 'Content-Type: application/merge-patch+json' -d '{"metadata":{"resourceVersion":"1"},"data":{"k":"w"}}' |
        is '.code == 409 and .reason == "Conflict" and (.message | contains("the object has been modified"))'
    ask "$MAPS/one?fieldManager=x" -X PATCH -H 'Content-Type: application/json-patch+json' -d '[{"op":"test","path":"/data/k","value":"no"}]' |
        is '.code == 422'
    ask "$MAPS/one" -X PATCH -H 'Content-Type: application/apply-patch+yaml' -d '{}' | is '.code == 400 or .code == 422'
}

@test "deletes: options in the query, in the body or nowhere, and a uid in the answer" {
    uid=$(ask "$MAPS/two" | jq -r .metadata.uid)
    send DELETE "$MAPS/two" '{"preconditions":{"uid":"other"}}' | is '.code == 409'
    ask "$MAPS/two?propagationPolicy=Background&gracePeriodSeconds=0" -X DELETE -H 'Content-Type: application/json' |
        is '.status == "Success" and .details.kind == "configmaps" and .details.uid == "'"$uid"'"'
    send DELETE "$MAPS/three" '{}' | is '.status == "Success"'
    ask "$MAPS/three" | is '.code == 404 and .reason == "NotFound" and .details.name == "three" and .details.kind == "configmaps"'
}

@test "errors: a body that is wrong names the field" {
    send POST /apis/apps/v1/namespaces/default/daemonsets '{"metadata":{"name":"x"}}' |
        is '.code == 422 and .details.kind == "DaemonSet" and .details.group == "apps" and .details.causes[0].field != null'
    send POST "$MAPS?fieldValidation=Strict" '{"metadata":{"name":"x"},"bogus":1}' |
        is '.code == 400 and (.message | contains("strict decoding error: unknown field \"bogus\""))'
    [[ $(send POST "$MAPS?fieldValidation=Warn&dryRun=All" '{"metadata":{"name":"x"},"bogus":1}' -D -) == *'299 - "unknown field \"bogus\""'* ]]
    send POST "$MAPS" '{"metadata":{"name":"one"}}' | is '.code == 409 and .reason == "AlreadyExists" and .message == "configmaps \"one\" already exists"'
}
