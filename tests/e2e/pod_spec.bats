#!/usr/bin/env bats
# The pod spec on the real engine: pods/*.yaml are applied together, then each test asks the engine, or the inside of
# a container. The ids in brackets name what a test covers: E environment, C container, P pod, V volume, H host path,
# M mount, F files, X security, R resources, B probes and hooks, I init containers, T states, K ends, N network.

load cluster
load registry

setup_file() {
    new_cluster
    export HOSTDIR=$DIR/host
    mkdir -p "$HOSTDIR/plain" "$HOSTDIR/www" "$DIR/agent/seccomp"
    echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}' \
        >"$DIR/agent/seccomp/no-mkdir.json"
    export HOSTPORT=$((20000 + RANDOM % 10000)) GRPCPORT=$((10000 + RANDOM % 10000))
    start up "$PICKET" up --data-dir "$DIR" --listen 127.0.0.1:0 --node-name "$(node a)" --log-root "$DIR/log"
    eventually api_answers
    start grpc /usr/bin/python3 "$ROOT/tests/e2e/grpc_health_server.py" "$GRPCPORT"
    export REGISTRYPORT=$((30000 + RANDOM % 2700))
    start_registry "$REGISTRYPORT"
    k create secret docker-registry registry --docker-server="127.0.0.1:$REGISTRYPORT" --docker-username=puller \
        --docker-password=pw
    local api
    api=$(k config view -o jsonpath='{.clusters[0].cluster.server}')
    for file in "$ROOT"/tests/e2e/pods/*.yaml; do
        sed "s|REGISTRYPORT|$REGISTRYPORT|; s|NODE\$|$(node a)|; s|HOSTDIR|$HOSTDIR|; s|HOSTPORT|$HOSTPORT|; s|GRPCPORT|$GRPCPORT|; s|APIPORT|${api##*:}|" "$file" | k apply -f - >/dev/null
    done
}

teardown_file() {
    remove_cluster
    docker rmi "127.0.0.1:$REGISTRYPORT/private/busybox:1" >/dev/null 2>&1 || true
}

# id POD [CONTAINER]: of its running container.
id() {
    docker ps -q --no-trunc --filter "label=picket.dev/node=$(node a)" --filter "label=io.kubernetes.pod.name=$1" \
        --filter "label=io.kubernetes.container.name=${2:-main}" | head -n 1
}

runs() { [[ -n $(id "$@") ]]; }

# newest POD [CONTAINER]: id of its newest container, which may have ended.
newest() {
    docker ps -aq --no-trunc --filter "label=picket.dev/node=$(node a)" --filter "label=io.kubernetes.pod.name=$1" \
        --filter "label=io.kubernetes.container.name=${2:-main}" | head -n 1
}
exists() { [[ -n $(newest "$@") ]]; }

# engine POD JQ [CONTAINER]: a part of what the engine says of the container.
engine() {
    eventually exists "$1" ${3:+"$3"} && docker inspect "$(newest "$1" ${3:+"$3"})" | jq -rc ".[0]$2"
}

# inside POD COMMAND...: run in its main container.
inside() {
    local pod=$1
    shift
    eventually runs "$pod" && docker exec "$(id "$pod")" "$@"
}

is() { # is EXPECTED COMMAND...
    local expected=$1 actual
    shift
    actual=$("$@") || return 1
    [[ $actual == "$expected" ]] || {
        printf 'expected: %s\nactual:   %s\n' "$expected" "$actual" >&2
        return 1
    }
}

status_of() { k get pod "$1" -o json | jq -r ".status$2"; }
# says POD JQ PATTERN: that part of the pod's status matches.
says() { status_of "$1" "$2" | grep -qE -e "$3"; }
has_event() { k get events -o json | jq -r ".items[] | select(.involvedObject.name == \"$1\") | .reason + \" \" + .message" | grep -qE -e "$2"; }
waits_with() { says "$1" '.containerStatuses[0].state.waiting | .reason + " " + (.message // "")' "$2"; }

@test "environment: values, fields, references, order and expansion [E1-E5 C4]" {
    inside env true
    env=$(engine env '.Config.Env[]')
    has() { grep -qxF -e "$1" <<<"$env" || { echo "no $1 in: $env" >&2; return 1; }; }
    has EMPTY=; has CFG_colour=blue; has CHAIN=blue-x; has CFG_shape=square; has password=s3cret
    has "NODE_NAME=$(node a)"; has NAMESPACE=default; has POD=env; has TIER=agent; has NOTE="a note"
    has ACCOUNT=default; has COLOUR=blue; has PASSWORD_AGAIN=s3cret
    has MEMORY_MIB=31; has CPUS=2; has CPU_MILLIS=150
    has "POD_UID=$(k get pod env -o jsonpath='{.metadata.uid}')"
    ip=$(sed -n 's/^IP=//p' <<<"$env")
    [[ -n $ip ]] && inside env ip -4 addr show eth0 | grep -qF "$ip/"
    has "HOST_IP=$(status_of env .hostIP)"
    not grep -qE '^(ABSENT|1st)=' <<<"$env"
    is "--endpoint=[$ip]:9100 \$(IP) \$(NOBODY)" docker logs "$(id env)"
    eventually has_event env 'InvalidEnvironmentVariableNames.*1st'
}

@test "environment: variables from a file that an init container leaves [E6]" {
    inside env-file true
    env=$(engine env-file '.Config.Env[]')
    is "two words|here|two words here" inside env-file sh -c 'echo "$TOKEN|$WHERE|$BOTH"'
    not grep -q '^ABSENT=' <<<"$env"
    is '[]' engine env-file '.Mounts | map(select(.Destination == "/out")) | tojson'
    eventually waits_with no-env-file 'CreateContainerConfigError file nothing not found in volume out'
    is long.fleet.default.svc.cluster.local inside env-file hostname
}

@test "program: command, arguments, working directory, tty, stdin [C3 C5 C15]" {
    is '["/bin/sh","-c"]' engine env .Config.Entrypoint
    is /tmp engine env .Config.WorkingDir
    is '["/bin/sleep","100000"] null true true' engine program ' | "\(.Config.Entrypoint) \(.Config.Cmd) \(.Config.Tty) \(.Config.OpenStdin)"'
    is 'null ["/bin/sleep","100000"]' engine program ' | "\(.Config.Entrypoint) \(.Config.Cmd)"' arguments
}

@test "emptyDir: shared, on disk and in memory with its limit [V3-V6]" {
    inside volumes sh -c 'echo x >/scratch/from-main; echo y >/memory/from-main'
    is "x y" docker exec "$(id volumes second)" sh -c 'echo $(cat /scratch/from-main /memory/from-main)'
    inside volumes sh -c 'df -k /memory | tail -1' | grep -q ' 4096 '
    is 1777 inside volumes stat -c %a /memory || is 777 inside volumes stat -c %a /memory
    is 777 inside volumes stat -c %a /scratch
    # Kept over a restart of the container.
    before=$(id volumes)
    docker kill "$before" >/dev/null
    restarted() { runs volumes && [[ $(id volumes) != "$before" ]]; }
    eventually restarted
    is "x y" inside volumes sh -c 'echo $(cat /scratch/from-main /memory/from-main)'
}

@test "files: keys, items, modes, binary data, projections [V2 V7-V9 F1-F4]" {
    is one inside volumes cat /config/app.conf
    # Mounts inside of files that are mounted read-only.
    inside volumes sh -c 'echo x >/config/nested/inner && [ -e /scratch/inner ]'
    is one inside volumes cat /secret/nested.conf
    is '00 ff' inside volumes sh -c 'hexdump -ve "1/1 \"%02x \"" /config/raw | sed "s/ $//"'
    is '..data/app.conf' inside volumes readlink /config/app.conf
    is 'two 777 400' inside volumes sh -c 'echo $(cat /some/deep/er/two) $(stat -Lc %a /some/deep/er/two) $(stat -Lc %a /some/one)'
    is 'secret 400 tmpfs' inside volumes sh -c 'echo $(cat /secret/key) $(stat -Lc %a /secret/key) $(stat -fc %T /secret)'
    is 'two secret' inside volumes sh -c 'echo $(cat /together/config/two) $(cat /together/key)'
    is "$(k get pod volumes -o jsonpath='{.metadata.uid}')" inside volumes cat /together/uid
    is 'colour="red"' inside volumes cat /downward/labels
    inside volumes grep -qxF 'example.org/quoted="say \"hi\""' /downward/annotations
    is 'volumes 64' inside volumes sh -c 'echo $(cat /downward/name) $(cat /downward/memory)'
    not inside volumes sh -c 'echo x >/config/app.conf'
}

@test "files change at once with their objects, a subPath does not [F1 F5 F6 V9 M4]" {
    inside volumes true
    k patch configmap files --type merge -p '{"data":{"app.conf":"changed","other":"changed"}}'
    k create configmap comes-later --from-literal=now=here
    k label pod volumes colour=green --overwrite
    changed() {
        is 'changed changed changed here' docker exec "$(id volumes)" sh -c \
            'echo $(cat /config/app.conf) $(cat /some/deep/er/two) $(cat /together/config/two) $(cat /maybe/now)'
    }
    eventually changed
    labelled() { is 'colour="green"' docker exec "$(id volumes)" cat /downward/labels; }
    eventually labelled
    is one inside volumes cat /etc/one.conf
}

@test "subPath: made with the volume's mode, by expression, never outside [M4 M5]" {
    inside volumes sh -c 'echo below >/sub/file; echo named >/named/file'
    is 'below named' inside volumes sh -c 'echo $(cat /scratch/a/b/file) $(cat /scratch/of-volumes/file)'
    is 777 inside volumes stat -c %a /scratch/a/b
    eventually waits_with escape 'CreateContainerConfigError.*leads out of the volume'
}

@test "host paths: checks, creation, read-only, propagation, the whole root [V1 H1-H5 M1-M3 M6]" {
    inside volumes true
    echo seen >"$HOSTDIR/plain/file"
    is 'seen seen' inside volumes sh -c 'echo $(cat /host/file) $(cat /relative/path/file)'
    not inside volumes sh -c 'echo x >/host/file'
    [[ -d $HOSTDIR/made/deep && $(stat -c %a "$HOSTDIR/made/deep") == 755 ]]
    [[ -f $HOSTDIR/made-file && $(stat -c %a "$HOSTDIR/made-file") == 644 ]]
    is seen inside volumes cat "/rootfs$HOSTDIR/plain/file"
    inside volumes test -S /engine.sock -a -c /null
    is '"rslave"' engine volumes '.Mounts[] | select(.Destination == "/host").Propagation | tojson'
    is '"rshared"' engine bidirectional '.Mounts[] | select(.Destination == "/host").Propagation | tojson'
    # What is mounted on the host later is seen.
    mkdir "$HOSTDIR/plain/mounted"
    mount -t tmpfs none "$HOSTDIR/plain/mounted"
    echo there >"$HOSTDIR/plain/mounted/file"
    is there inside volumes cat /host/mounted/file
    umount "$HOSTDIR/plain/mounted"
}

@test "what cannot be mounted waits and says why; what it waits for starts it at once [H3 H5 V10 F5 E3]" {
    eventually has_event no-folder 'FailedMount.*hostPath type check failed: .*/nowhere is not a directory'
    [[ ! -e $HOSTDIR/nowhere ]]
    eventually waits_with read-only-below 'CreateContainerConfigError.*read-only'
    eventually has_event no-socket 'FailedMount.*is not a socket'
    eventually has_event other-kind 'FailedMount.*nfs'
    eventually has_event no-config 'FailedMount.*configmap "comes-late" not found'
    eventually waits_with no-config ContainerCreating
    eventually waits_with no-variable 'CreateContainerConfigError configmap "comes-late-too" not found'
    k create configmap comes-late --from-literal=a=b
    k create configmap comes-late-too --from-literal=a=b
    eventually runs no-config
    eventually runs no-variable
}

@test "groups: fsGroup owns volumes of the pod, supplemental groups are there [X4 X6 F3]" {
    is '1234 2345' inside groups sh -c 'echo $(id -u) $(id -g)'
    is 'true true' inside groups sh -c 'echo $(id -G | grep -qw 3456 && echo true) $(id -G | grep -qw 4567 && echo true)'
    is '3456 2777' inside groups stat -c '%g %a' /scratch
    is secret inside groups cat /secret/key
    inside groups sh -c 'echo x >/scratch/file'
}

@test "an emptyDir over its limit: the pod is evicted [V6]" {
    evicted() { is 'Failed Evicted' status_of overfull ' | .phase + " " + .reason'; }
    eventually evicted
    says overfull .message 'EmptyDir volume "scratch" exceeds the limit "1Mi"'
    stopped() { ! runs overfull; }
    eventually stopped
}

@test "privileged with the host's namespaces, without a sandbox [X1 P4-P6 S1-S4]" {
    is 'true host host host host host' engine privileged ' | "\(.HostConfig.Privileged) \(.HostConfig.NetworkMode) \(.HostConfig.PidMode) \(.HostConfig.IpcMode) \(.HostConfig.UTSMode) \(.HostConfig.CgroupnsMode)"'
    [[ -z $(newest privileged POD) ]]
    # A machine that lacks capabilities itself refuses to start it.
    if docker run --rm --privileged picket.local/busybox:1 true; then
        is "$(hostname)" inside privileged hostname
        is "$(cat /proc/1/comm)" inside privileged cat /proc/1/comm
    fi
}

@test "confined: user, capabilities, no new privileges, read-only root [X2-X5 X7-X11]" {
    is '65534 65533' inside confined sh -c 'echo $(id -u) $(id -g)'
    not inside confined sh -c 'echo x >/tmp/x'
    is '["ALL"] ["NET_BIND_SERVICE","SYS_TIME"]' engine confined ' | "\(.HostConfig.CapDrop) \(.HostConfig.CapAdd | map(ltrimstr("CAP_")))"'
    inside confined grep -q '^NoNewPrivs:.1' /proc/1/status
    inside confined grep -q '^Seccomp:.2' /proc/1/status
    engine confined '.HostConfig.SecurityOpt' | grep -qF 'label=level:s0:c1,c2'
}

@test "open: no seccomp, all of /proc; a local profile is enforced [X9 X10 X13]" {
    inside open grep -q '^Seccomp:.0' /proc/1/status
    is '[] []' engine open ' | "\(.HostConfig.MaskedPaths) \(.HostConfig.ReadonlyPaths)"'
    engine open '.HostConfig.SecurityOpt' | grep -q 'apparmor=unconfined'
    not inside local-seccomp mkdir /tmp/x
    inside local-seccomp touch /tmp/y
    eventually waits_with no-profile 'CreateContainerConfigError.*missing.json cannot be read'
    docker info --format '{{.SecurityOptions}}' | grep -q apparmor ||
        eventually waits_with no-apparmor 'CreateContainerConfigError.*AppArmor is not enabled'
}

@test "a pod of two: one network, one set of processes, its own names and settings [P7 P17 P21 N2 N4 N6 N7 X12 C7 S5]" {
    inside shared wget -qO- http://127.0.0.1:8080/ 2>&1 | grep -q 404 || inside shared nc -z 127.0.0.1 8080
    inside shared sh -c 'ps | grep -q "[h]ttpd -f"'
    is box inside shared hostname
    inside shared grep -qE "$(status_of shared .podIP).*box.fleet.default.svc.cluster.local.*box" /etc/hosts
    inside shared grep -qE '10.1.2.3.*registry.example.org' /etc/hosts
    inside shared grep -qx 'nameserver 10.9.8.7' /etc/resolv.conf
    inside shared grep -qx 'search example.org' /etc/resolv.conf
    inside shared grep -qE 'options.*ndots:3.*edns0' /etc/resolv.conf
    inside shared grep -qE '^20000.30000$' /proc/sys/net/ipv4/ip_local_port_range
    published() { nc -z 127.0.0.1 "$HOSTPORT" || (exec 3<>"/dev/tcp/127.0.0.1/$HOSTPORT"); }
    eventually published
    is '127.0.0.1 127.0.0.2 1' engine shared '.HostConfig.PortBindings | "\(."8080/tcp" | map(.HostIp) | sort | join(" ")) \(."8080/udp" | length)"' POD
    is '2 0' engine shared ' | "\(.HostConfig.CpuShares) \(.HostConfig.Memory)"' POD
}

@test "the sandbox dies: all of the pod starts again in a new one [S8]" {
    runs shared POD && runs shared && runs shared web
    before=$(id shared POD)
    docker kill "$before" >/dev/null
    anew() { runs shared POD && [[ $(id shared POD) != "$before" ]] && runs shared && runs shared web; }
    eventually anew
    is "container:$(id shared POD) container:$(id shared POD)" engine shared '.HostConfig | "\(.NetworkMode) \(.PidMode)"'
    is box inside shared hostname
    eventually says shared '.containerStatuses | map(.restartCount) | tostring' '^\[[1-9],[1-9]\]$'
}

@test "with the host's network: dnsConfig and hostAliases [N4 N6 P16]" {
    inside host-dns grep -qE 'options.*ndots:4' /etc/resolv.conf
    inside host-dns grep -q "^nameserver" /etc/resolv.conf
    inside host-dns grep -qE '10.1.2.4.*cache.example.org' /etc/hosts
}

@test "resources: shares, quota, memory without swap, OOM score, QoS class [R1-R4]" {
    is '256 100000 6400000 33554432 33554432' engine limits ' | .HostConfig | "\(.CpuShares) \(.CpuPeriod) \(.CpuQuota) \(.Memory) \(.MemorySwap)"'
    is '2 1000 8388608' engine guaranteed ' | .HostConfig | "\(.CpuShares) \(.CpuQuota) \(.Memory)"'
    score=$(engine limits .HostConfig.OomScoreAdj)
    [[ $score -gt 900 && $score -lt 1000 ]]
    is 1000 engine privileged .HostConfig.OomScoreAdj
    is 'Burstable Guaranteed BestEffort' echo "$(status_of limits .qosClass) $(status_of guaranteed .qosClass) $(status_of privileged .qosClass)"
}

@test "refused: sysctl, device, runtime, root user, memory [X5 X12 P22 R3 R6 T6 T7]" {
    refused() { says "$1" ' | .phase + " " + .reason + " " + .message' "$2"; }
    eventually refused unsafe-sysctl 'Failed SysctlForbidden forbidden sysctl: "net.core.somaxconn"'
    eventually refused gpu 'Failed OutOfnvidia.com/gpu'
    eventually waits_with root-forbidden 'CreateContainerConfigError.*runAsNonRoot and image will run as root'
    eventually waits_with other-runtime 'CreateContainerError.*[Uu]nknown runtime'
    eventually waits_with little-memory 'CreateContainerError.*[Mm]inimum memory limit'
}

@test "init containers and sidecars in order, and their ends [I1 I5 K2 B7 B8]" {
    started() { is 'first sidecar second main' echo $(cat "$HOSTDIR/order/order"); }
    eventually started
    ready() { is 'true true' status_of order ' | "\(.initContainerStatuses[1].started) \(.containerStatuses[0].ready)"'; }
    eventually ready
    is post-start cat "$HOSTDIR/order/hooks"
    is 'first sidecar second' status_of order ' | [.initContainerStatuses[].name] | join(" ")'
    k delete pod order short-grace --timeout 60s
    is 'first sidecar second main pre-stop main-ends sidecar-ends' echo $(cat "$HOSTDIR/order/order")
    is pre-stop cat "$HOSTDIR/order/short"
}

@test "ends by its own signal, after its hook [B8 K2]" {
    is SIGUSR1 engine own-signal .Config.StopSignal
    k delete pod own-signal --timeout 60s
    is usr1 cat "$HOSTDIR/order/signal"
}

@test "annotations from before there were fields [P26 P28]" {
    inside old-ways grep -q '^Seccomp:.0' /proc/1/status
    is 'of old' cat "$HOSTDIR/order/old"
}

@test "probes: http by port name, tcp, exec with a variable, grpc [B1-B6]" {
    eventually says probes '.containerStatuses[0] | .state | keys[0]' running
    eventually has_event probes 'Unhealthy Startup probe failed: HTTP probe failed with statuscode: 404'
    echo page >"$HOSTDIR/www/index.html"
    eventually says probes '.containerStatuses[0].ready' true
    rm "$HOSTDIR/www/index.html"
    eventually says probes '.containerStatuses[0].ready' false
    eventually has_event probes 'Unhealthy Readiness probe failed'
    says probes '.containerStatuses[0].restartCount' 0
    eventually says https '.containerStatuses[0].ready' true
    if [[ -e $DIR/grpc.pid ]] && kill -0 "$(pid_of grpc)"; then
        eventually says grpc '.containerStatuses[] | select(.name == "main").ready' true
        eventually has_event grpc 'Unhealthy Readiness probe failed: service unhealthy'
        says grpc '.containerStatuses[] | select(.name == "other").ready' false
    fi
}

@test "a failed liveness probe or postStart hook restarts the container [B6 B7]" {
    eventually has_event unhealthy 'Unhealthy Liveness probe failed'
    eventually has_event unhealthy 'Killing'
    eventually says unhealthy '.containerStatuses[0].restartCount' '[1-9]'
    eventually has_event bad-hook 'FailedPostStartHook'
    eventually says bad-hook '.containerStatuses[0].restartCount' '[1-9]'
}

@test "crash loop: reason, message, last state, last words [T1 T2 T10 T14 T17-T19]" {
    eventually waits_with crash 'CrashLoopBackOff back-off [0-9ms]+ restarting failed container=main pod=crash_default'
    is 'Error 3 the words' status_of crash ' | .containerStatuses[0].lastState.terminated | "\(.reason) \(.exitCode) \(.message)" | rtrimstr("\n")'
    is 'Error 4 said in the log' status_of crash ' | .containerStatuses[1].lastState.terminated | "\(.reason) \(.exitCode) \(.message)" | rtrimstr("\n")'
    is 'Running False ContainersNotReady' status_of crash ' | .phase as $p | .conditions[] | select(.type == "Ready") | "\($p) \(.status) \(.reason)"'
    says crash '.conditions[] | select(.type == "Ready").message' 'containers with unready status: \[main from-log\]'
    eventually has_event crash 'BackOff Back-off restarting failed container'
}

@test "ends: Completed, Error, OOMKilled; what has ended stays ended [T12-T14 P18]" {
    ended() { is "$2" status_of "$1" ' | .phase + " " + (.containerStatuses[0].state.terminated | "\(.reason) \(.exitCode)")'; }
    eventually ended once 'Succeeded Completed 0'
    is done status_of once '.containerStatuses[0].state.terminated.message | rtrimstr("\n")'
    eventually ended failed 'Failed Error 7'
    eventually ended oom 'Failed OOMKilled 137'
    is PodCompleted status_of once '.conditions[] | select(.type == "Ready").reason'
}

@test "a failing init container: the pod stays Pending [I2 T4]" {
    waiting() { is 'Pending CrashLoopBackOff PodInitializing' status_of bad-init ' | "\(.phase) \(.initContainerStatuses[0].state.waiting.reason) \(.containerStatuses[0].state.waiting.reason)"'; }
    eventually waiting
    is 'False ContainersNotInitialized' status_of bad-init '.conditions[] | select(.type == "Initialized") | .status + " " + .reason'
}

@test "images: each way to fail has its reason, in the registry's words [T5 G3 G7]" {
    eventually waits_with no-image 'ImagePullBackOff Back-off pulling image "localhost:1/nobody/nothing:1": .*(refused|connect)'
    eventually has_event no-image 'Failed to pull image'
    eventually has_event no-image 'Pulling image'
    eventually waits_with never-pull 'ErrImageNeverPull .*is not present with pull policy of Never'
    eventually waits_with bad-image-name "InvalidImageName .*couldn't parse image name"
}

@test "images: a registry's password from imagePullSecrets [P20 G6 G8]" {
    eventually runs with-secret
    eventually has_event with-secret 'FailedToRetrieveImagePullSecret.*nobody'
    eventually has_event with-secret "Successfully pulled image \"127.0.0.1:$REGISTRYPORT/private/busybox:1\""
    says with-secret '.containerStatuses[0].imageID' "^docker-pullable://127.0.0.1:$REGISTRYPORT/private/busybox@sha256:"
    eventually waits_with without-secret '(ErrImagePull|ImagePullBackOff).*no basic auth credentials'
}

@test "a program that is not there: the engine's own words [T8]" {
    said() { says no-program '.containerStatuses[0] | "\(.state) \(.lastState)"' 'no such file.*ContainerCannotRun'; }
    eventually said
    eventually waits_with no-program CrashLoopBackOff
}

@test "logs are linked where collectors look [L1]" {
    eventually runs env
    docker logs "$(id env)" >/dev/null
    is "$(docker logs "$(id env)")" sh -c "jq -r .log <'$DIR/log/containers/env_default_main-$(id env).log' | head -n 1"
    [[ -e $DIR/log/pods/default_env_$(k get pod env -o jsonpath='{.metadata.uid}')/main/0.log ]]
}

@test "what every container gets: labels, no restart policy, no health check, a log limit [S10-S14]" {
    is 'no ["NONE"] json-file 10m' engine env ' | "\(.HostConfig.RestartPolicy.Name) \(.Config.Healthcheck.Test) \(.HostConfig.LogConfig.Type) \(.HostConfig.LogConfig.Config["max-size"])"'
    is 'env default main' engine env '.Config.Labels | .["io.kubernetes.pod.name"] + " " + .["io.kubernetes.pod.namespace"] + " " + .["io.kubernetes.container.name"]'
}

@test "deleted: nothing is left of any pod [K5]" {
    k delete pods --all --timeout 90s
    nothing_left() { [[ -z $(all_containers_of_run) ]]; }
    eventually nothing_left
    [[ -z $(ls "$DIR/agent/volumes") ]]
    not grep -q "$DIR/agent/volumes" /proc/mounts
    [[ -z $(find "$DIR/log" -type l) ]]
}
