# shellcheck shell=bash
# A registry of this run on loopback that asks for a password, with an image in it.

# start_registry PORT: serves private/busybox:1 to the user "puller" with the password "pw".
start_registry() {
    local folder=$DIR/registry image=127.0.0.1:$1/private/busybox:1
    mkdir -p "$folder"
    /usr/bin/python3 -W ignore -c \
        'import crypt; print("puller:" + crypt.crypt("pw", crypt.mksalt(crypt.METHOD_BLOWFISH)))' >"$folder/users"
    cat >"$folder/config.yml" <<YAML
version: 0.1
storage: {filesystem: {rootdirectory: $folder/data}}
http: {addr: "127.0.0.1:$1"}
auth: {htpasswd: {realm: pictures, path: $folder/users}}
YAML
    start registry docker-registry serve "$folder/config.yml"
    eventually log_in "$1"
    docker tag picket.local/busybox:1 "$image"
    docker --config "$folder/client" push -q "$image"
    docker rmi "$image" >/dev/null
}

log_in() { docker --config "$DIR/registry/client" login -u puller --password-stdin "127.0.0.1:$1" <<<pw; }
