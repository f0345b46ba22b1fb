#!/usr/bin/env bats
# Client libraries of other people against a live cluster: Debian's python3-kubernetes, and @kubernetes/client-node from npm.

load cluster

setup_file() {
    new_cluster
    start_apiserver
    start_controller
    start_agent a
}

teardown_file() { remove_cluster; }

@test "python3-kubernetes: list, watch, create, patch, replace, log, exec, attach, port-forward, delete" {
    # Debian's own interpreter: another one first in the path does not see Debian's packages.
    /usr/bin/python3 -c 'import kubernetes' || {
        echo "python3-kubernetes is not installed: scripts/install-packages test" >&2
        return 1
    }
    timeout 300 /usr/bin/python3 "$ROOT/tests/e2e/clients/python_client.py"
    eventually absent_on python a
}

# javascript_client FOLDER NODE PACKAGE...: with these packages from npm, while the server restarts.
javascript_client() {
    local folder=$DIR/$1 node=$2 client
    mkdir -p "$folder"
    (
        cd "$folder"
        echo '{"private": true}' >package.json
        npm install --no-audit --no-fund --silent "${@:3}" || {
            echo "npm could not install ${*:3}: is npm installed, and its registry ($(npm config get registry)) in reach?" >&2
            exit 1
        }
        cp "$ROOT/tests/e2e/clients/javascript_client.mjs" .
        exec timeout 300 "$node" javascript_client.mjs "$folder" >said 2>&1 3>&-
    ) &
    client=$!
    begun() { [[ -f $folder/first ]] || ! kill -0 $client 2>/dev/null; }
    # What comes over the network counts too.
    DEADLINE=240 eventually begun
    end apiserver KILL
    start_apiserver
    touch "$folder/restarted"
    wait $client || {
        cat "$folder/said" >&2
        return 1
    }
    grep -q "the javascript client is content" "$folder/said"
    eventually absent_on javascript a
}

@test "@kubernetes/client-node: exec, attach, log, port-forward; an informer lives through a restart of the server" {
    javascript_client js node @kubernetes/client-node@1.4.0
}

@test "@kubernetes/client-node 2, which needs a newer Node than Debian's: the same" {
    javascript_client js2 ./node_modules/.bin/node @kubernetes/client-node@2.0.1 node@24
}
