#!/usr/bin/env bats
# What the agent removes from its host, and what it never touches: containers, images, networks and volumes of others.
# The limits are set so that every image that may go does go: any disk is "full", and a second is old.

load cluster
load registry

setup_file() {
    new_cluster
    export REGISTRYPORT=$((30000 + RANDOM % 2700))
    start_registry "$REGISTRYPORT"
    make_foreign_things
    start_up
    eventually api_answers
    k create secret generic registry --type kubernetes.io/dockerconfigjson \
        --from-file .dockerconfigjson="$DIR/registry/client/config.json"
}

start_up() {
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log" \
        --image-gc-high-threshold 1 --image-gc-low-threshold 0 --minimum-image-ttl-duration 1s \
        --collection-period 1s
}

teardown_file() {
    remove_cluster
    docker rm -f "$RUN-foreign" "$RUN-dead" "k8s_main_${RUN}_default_x_0" >/dev/null 2>&1 || true
    docker network rm "$RUN-net" >/dev/null 2>&1 || true
    docker volume rm "$RUN-volume" >/dev/null 2>&1 || true
    for image in $(images_of_run); do docker rmi -f "$image" >/dev/null 2>&1 || true; done
}

private() { echo "127.0.0.1:$REGISTRYPORT/private/$1"; }
images_of_run() { docker images --format '{{.Repository}}:{{.Tag}}' | grep -E "^(127.0.0.1:$REGISTRYPORT/|$RUN-)"; }
there() { docker image inspect "$1" >/dev/null 2>&1; }
gone() { ! there "$1"; }

# push NAME TEXT: another image into the registry; the engine has it no more.
push() {
    local image
    image=$(private "$1")
    printf 'FROM picket.local/busybox:1\nLABEL text="%s"\n' "$RUN $2" | docker build -q -t "$image" - >/dev/null
    docker --config "$DIR/registry/client" push -q "$image" >/dev/null
    docker rmi "$image" >/dev/null
}

# Running and dead, named like ours, with our label but of another node; an image that nothing uses.
make_foreign_things() {
    docker run -d --name "$RUN-foreign" picket.local/busybox:1 sleep 1000000 >/dev/null
    docker run --name "$RUN-dead" picket.local/busybox:1 true
    docker run -d --name "k8s_main_${RUN}_default_x_0" --label io.kubernetes.pod.uid=x \
        --label io.kubernetes.container.name=main picket.local/busybox:1 sleep 1000000 >/dev/null
    docker network create "$RUN-net" >/dev/null
    docker volume create "$RUN-volume" >/dev/null
    docker tag picket.local/busybox:1 "$RUN-loaded:1"
}

foreign_things() {
    docker inspect --format '{{.Id}} {{.State.Status}} {{.State.StartedAt}}' \
        "$RUN-foreign" "$RUN-dead" "k8s_main_${RUN}_default_x_0"
    docker network inspect --format '{{.Id}}' "$RUN-net"
    docker volume inspect --format '{{.CreatedAt}}' "$RUN-volume"
    docker image inspect --format '{{.Id}}' "$RUN-loaded:1" picket.local/busybox:1
}

# set_of NAME IMAGE
set_of() {
    daemon_set "$1" | sed "s|image: .*|image: $(private "$2")|" | k apply -f - >/dev/null
    k patch ds "$1" --type merge -p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"registry"}]}}}}'
}

collected_since() { # a collection that began after now has ended
    push "marker$1:1" "marker $1"
    set_of "marker$1" "marker$1:1"
    eventually runs_on "marker$1" a
    k delete ds "marker$1" --wait=false
    eventually gone "$(private "marker$1:1")"
}

@test "an image that was pulled and is not used any more is removed; one in use stays" {
    foreign_things >"$DIR/before"
    push app:1 one
    push app:2 two
    set_of app app:1
    eventually runs_on app a
    there "$(private app:1)"
    set_of app app:2
    eventually gone "$(private app:1)"
    eventually runs_on app a
    there "$(private app:2)"
}

@test "an image that somebody brought or named is never removed, used or not" {
    push loaded:1 loaded
    docker --config "$DIR/registry/client" pull -q "$(private loaded:1)"
    push named:1 named
    set_of named named:1
    eventually runs_on named a
    docker tag "$(private named:1)" "$RUN-mine:1"
    k delete ds named --wait=false
    set_of loaded loaded:1
    eventually runs_on loaded a
    k delete ds loaded --wait=false
    eventually absent_on loaded a
    collected_since 1
    there "$(private loaded:1)"
    there "$RUN-mine:1"
}

@test "a dead container of somebody else keeps its image" {
    push held:1 held
    set_of held held:1
    eventually runs_on held a
    docker run --name "$RUN-holder" "$(private held:1)" true
    k delete ds held --wait=false
    eventually absent_on held a
    collected_since 2
    there "$(private held:1)"
    docker rm "$RUN-holder"
    eventually gone "$(private held:1)"
}

@test "what a killed agent left of a pod that is gone is removed: volumes and links to logs" {
    daemon_set kept 'volumes: [{name: v, emptyDir: {}}]' | k apply -f -
    eventually runs_on kept a
    uid=$(pod_uid_of_container "$(containers a kept)")
    left=$DIR/log/pods/default_left_gone-uid foreign=$DIR/log/pods/default_foreign_some-uid
    mkdir -p "$DIR/agent/volumes/gone-uid/v" "$left/main" "$foreign/main"
    for folder in "$left" "$foreign"; do
        ln -s /nowhere.log "$folder/main/0.log"
        ln -s "$folder/main/0.log" "$DIR/log/containers/$(basename "$folder").log"
    done
    cp "$DIR/log/pods/"*"_$uid/.picket-node" "$left"
    tidy() {
        [[ ! -e $DIR/agent/volumes/gone-uid && ! -e $left && ! -L $DIR/log/containers/default_left_gone-uid.log ]]
    }
    eventually tidy
    [[ -L $foreign/main/0.log && -L $DIR/log/containers/default_foreign_some-uid.log ]]
    [[ -d $DIR/agent/volumes/$uid/v && -n $(find "$DIR/log/pods" -name "*_$uid") ]]
}

@test "after all of this, and after the daemons are deleted, nothing foreign was touched" {
    k delete ds --all --wait=false
    none_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually none_left
    collected_since 3
    foreign_things >"$DIR/after"
    diff "$DIR/before" "$DIR/after"
}
