#!/usr/bin/env bats
# Image first, with a real registry that asks for a password: what runs is not stopped before the new image is there.

load cluster
load registry

setup_file() {
    new_cluster
    export REGISTRYPORT=$((30000 + RANDOM % 2700))
    start_registry "$REGISTRYPORT"
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log" \
        --pull-spread 0
    eventually api_answers
    k create secret generic registry --type kubernetes.io/dockerconfigjson \
        --from-file .dockerconfigjson="$DIR/registry/client/config.json"
    daemon_set web | k apply -f -
    eventually runs_on web a
}

teardown_file() {
    remove_cluster
    for image in $(docker images --format '{{.Repository}}:{{.Tag}}' | grep "^127.0.0.1:$REGISTRYPORT/"); do
        docker rmi -f "$image" >/dev/null 2>&1 || true
    done
}

private() { echo "127.0.0.1:$REGISTRYPORT/private/$1"; }

# push NAME MEGABYTES: an image with so much noise; the engine has it no more.
push() {
    mkdir -p "$DIR/build"
    head -c "$2M" /dev/urandom >"$DIR/build/noise"
    printf 'FROM picket.local/busybox:1\nCOPY noise /noise\n' >"$DIR/build/Dockerfile"
    docker build -q -t "$(private "$1")" "$DIR/build" >/dev/null
    docker --config "$DIR/registry/client" push -q "$(private "$1")" >/dev/null
    docker rmi "$(private "$1")" >/dev/null
}

# update IMAGE POLICY: the set's next revision, with the registry's secret.
update() {
    daemon_set web 'imagePullSecrets: [{name: registry}]' |
        sed "s|image: .*|image: $(private "$1")|; s|IfNotPresent|$2|" | k apply -f - >/dev/null
}

condition() { k get pods -l app=web -o json | jq -r '.items[].status.conditions[] | select(.type | startswith("prefetched")) | "\(.status) \(.reason) \(.message)"'; }
prefetch_says() { condition | grep -qE -e "$1"; }
event_says() { k get events -o json | jq -r '.items[] | .reason + " " + .message' | grep -qE -e "$1"; }
image_of() { docker inspect --format '{{.Config.Image}}' "$1"; }

# What the engine does, read as it happens: it remembers its last 256 events only, whoever else uses it.
watch_engine() {
    start engine docker events --since "$(date +%s.%N)" --filter type=image --filter type=container \
        --filter event=pull --filter event=die --format '{{.Type}} {{.Action}} {{.Actor.ID}}'
}

# order_is IMAGE ID WORDS: in which order the engine had the image and saw the container die.
order_is() { [[ $(grep -E "^(image pull $1|container die $2)" "$DIR/engine.log" | awk '{print $2}' | xargs) == "$3" ]]; }

@test "the new image, with the new revision's secret, is there before the old container is stopped" {
    push app:1 30
    old=$(containers a web)
    watch_engine
    update app:1 IfNotPresent
    eventually replaced a web "$old"
    [[ $(image_of "$(containers a web)") == "$(private app:1)" ]]
    eventually order_is "$(private app:1)" "$old" "pull die"
    end engine
    event_says "Pulling Pulling image \"$(private app:1)\""
    event_says "Pulled Successfully pulled image \"$(private app:1)\""
}

@test "a pull that fails leaves the old one running, in the registry's words; mended, the update goes on" {
    old=$(containers a web)
    update app:2 IfNotPresent
    eventually prefetch_says 'False ErrImagePull .*(manifest unknown|not found)'
    "$PICKET" why ds/web "$(node a)" | grep -qE 'manifest unknown|not found'
    [[ $(containers a web) == "$old" ]]
    event_says "Failed Failed to pull image \"$(private app:2)\".*(manifest unknown|not found)"
    push app:2 1
    eventually replaced a web "$old"
    [[ $(image_of "$(containers a web)") == "$(private app:2)" ]]
}

@test "Always, the registry away, an image of that name on the host: said, and nothing is stopped" {
    push moving:1 1
    docker --config "$DIR/registry/client" pull -q "$(private moving:1)"
    old=$(containers a web)
    end registry
    update moving:1 Always
    eventually prefetch_says 'False ErrImagePull .*(refused|connect).*may be an older one'
    [[ $(containers a web) == "$old" ]]
    start registry docker-registry serve "$DIR/registry/config.yml"
    eventually replaced a web "$old"
}

@test "Always, the registry away, nothing runs: what is there is started, and that is said" {
    old=$(containers a web)
    end registry
    docker kill "$old" >/dev/null
    eventually replaced a web "$old"
    eventually event_says "Failed Failed to pull image \"$(private moving:1)\", using the one on the host: .*(refused|connect)"
}
