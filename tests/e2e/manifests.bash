# shellcheck shell=bash
# Published manifests on this machine: images that do the job, made of Debian packages where there is one, and paths
# and ports of this run in place of the host's own.

# built NAME BASE [DOCKERFILE-LINE...]: the image picket.local/NAME:1 on top of picket.local/BASE:1. Files come from
# $DIR/image-NAME.
built() {
    local folder=$DIR/image-$1
    mkdir -p "$folder"
    { echo "FROM picket.local/$2:1"; printf '%s\n' "${@:3}"; } >"$folder/Dockerfile"
    docker build -q -t "picket.local/$1:1" "$folder" >/dev/null
}

# program NAME PATH: stdin becomes the executable PATH for the image NAME.
program() {
    mkdir -p "$DIR/image-$1/$(dirname "$2")"
    cat >"$DIR/image-$1/$2"
    chmod 755 "$DIR/image-$1/$2"
}

manifest_images() {
    "$ROOT/scripts/package-image" node-exporter prometheus-node-exporter 3>&-
    "$ROOT/scripts/package-image" rsyslog rsyslog 3>&-
    "$ROOT/scripts/package-image" nginx nginx-light 3>&-
    "$ROOT/scripts/package-image" stunnel stunnel4 3>&-
    built "$RUN-exporter" node-exporter 'ENTRYPOINT ["/usr/bin/prometheus-node-exporter"]'
    # shellcheck disable=SC2016 # the container's shell expands it
    built "$RUN-pause" busybox 'CMD ["/bin/sh", "-c", "trap exit TERM; while :; do sleep 1 & wait $!; done"]'
    web_server_image
    tls_proxy_image
    log_shipper_image
    stand_in_image
}

# nginx, as itself and behind the names of envoy and contour: contour writes the configuration that envoy runs.
web_server_image() {
    program "$RUN-web" contour <<'SH'
#!/bin/sh
case "$1 $2" in
    bootstrap*)
        listen() { echo "server { listen $1; location = /ready { return 200 ready; } location / { return 200 'page'; } }"; }
        mkdir -p "$(dirname "$2")/resources"
        { echo 'pid /tmp/nginx.pid; error_log stderr; daemon off; events {}'
          echo 'http { access_log off; client_body_temp_path /tmp/b; proxy_temp_path /tmp/p; fastcgi_temp_path /tmp/f;'
          echo 'uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;'
          listen 8080; listen 8002; echo '}'; } >"$2" ;;
    'envoy shutdown-manager') 
        mkdir -p /tmp/www && touch /tmp/www/shutdown && busybox httpd -p 8090 -h /tmp/www
        trap 'exit 0' TERM
        while :; do sleep 1 & wait $!; done ;;
    'envoy shutdown') echo bye >/admin/shutdown ;;
esac
SH
    program "$RUN-web" envoy <<'SH'
#!/bin/sh
exec nginx -c "$2"
SH
    echo 'server { listen 80; location / { return 200 page; } }' >"$DIR/image-$RUN-web/page.conf"
    built "$RUN-web" nginx 'COPY contour envoy /bin/' 'COPY page.conf /etc/nginx/conf.d/' 'RUN mkdir -p /var/log/nginx /var/lib/nginx && chmod 1777 /tmp && echo www-data:x:33:33::/:/bin/false >>/etc/passwd && echo www-data:x:33: >>/etc/group' \
        'CMD ["/usr/sbin/nginx", "-g", "daemon off;"]'
}

# What stands in front of an exporter: TLS on the outside.
tls_proxy_image() {
    mkdir -p "$DIR/image-$RUN-proxy"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=exporter -keyout "$DIR/image-$RUN-proxy/key" \
        -out "$DIR/image-$RUN-proxy/certificate" 2>/dev/null
    chmod 644 "$DIR/image-$RUN-proxy/key"
    program "$RUN-proxy" proxy <<'SH'
#!/bin/sh
for word; do
    case $word in
        --secure-listen-address=*) listen=$(echo "${word#*=}" | tr -d '[]') ;;
        --upstream=*) upstream=${word#*=http://} ;;
    esac
done
printf 'foreground = yes\npid =\n[s]\naccept = %s\nconnect = %s\ncert = /certificate\nkey = /key\n' \
    "$listen" "${upstream%/}" | exec stunnel4 -fd 0
SH
    built "$RUN-proxy" stunnel 'COPY proxy certificate key /' 'ENTRYPOINT ["/proxy"]'
}

# rsyslog: each line of each container to one file, where the manifest leaves it a place to write. The links to logs
# name whole paths, so the run's log folder is mounted where it is.
log_shipper_image() {
    cat >"$DIR/shipper.conf" <<'CONF'
module(load="imfile")
input(type="imfile" file="LOGS/containers/*.log" tag="container" addMetadata="on")
template(name="named" type="list") { property(name="$!metadata!filename") constant(value=" ") property(name="msg") constant(value="\n") }
action(type="omfile" file="FILE" template="named" asyncWriting="off" flushOnTXEnd="on")
CONF
    program "$RUN-shipper" shipper <<'SH'
#!/bin/sh
file=$LOGS/shipped.log
[ ! -d /usr/share/filebeat/data ] || file=/usr/share/filebeat/data/shipped.log
sed "s|FILE|$file|; s|LOGS|$LOGS|" /shipper.conf >/tmp/shipper.conf
exec rsyslogd -n -i /tmp/pid -f /tmp/shipper.conf
SH
    cp "$DIR/shipper.conf" "$DIR/image-$RUN-shipper/"
    built "$RUN-shipper" rsyslog 'RUN chmod 1777 /tmp' 'COPY shipper shipper.conf /' "ENV LOGS=$DIR/log" 'ENTRYPOINT ["/shipper"]'
}

# For what Debian has no package of: programs that say what they were given, and answer where probes ask.
stand_in_image() {
    program "$RUN-stand-in" stand-in <<'SH'
#!/bin/sh
echo "$0 $*"
case $0 in
    */install-conf) exec cp -f "$1" "$2" ;;
    */cni-install.sh) exec cp -f /flannel /host/opt/cni/bin/cilium-cni ;;
    */cni-uninstall.sh) exec rm -f /host/opt/cni/bin/cilium-cni ;;
    */cilium) exec test -e /tmp/up ;;
    */status-probe.sh) exec test -e /tmp/up ;;
    */init-container.sh) exec touch /var/run/cilium/cleaned ;;
    */launch.sh) port=$WEAVE_PORT ;;
esac
case $1 in
    -config) port=$SPIRE_PORT ;;
    -t)
        until nc -w 1 "${3%:*}" "${3#*:}" </dev/null; do sleep 0.2; done
        exit ;;
esac
for word; do case $word in --healthz-port=* | --metricsport=*) port=${word#*=} ;; esac; done
mkdir -p /tmp/www
for page in healthz readyz status live ready metrics; do echo ok >"/tmp/www/$page"; done
touch /tmp/up
trap 'exit 0' TERM
[ -z "$port" ] || busybox httpd -p "$port" -h /tmp/www
while :; do sleep 1 & wait $!; done
SH
    printf '#!/bin/sh\nexec /bin/sh "$@"\n' | program "$RUN-stand-in" bash
    # shellcheck disable=SC2016 # the shell of the build expands it
    built "$RUN-stand-in" busybox 'COPY stand-in bash /bin/' \
        'RUN mkdir -p /opt/bin /home/weave /usr/bin /usr/local/bin && for f in /flannel /opt/bin/flanneld /opt/bin/install-conf /home/weave/launch.sh /usr/bin/kured /bin/cilium-agent /bin/cilium /cni-install.sh /cni-uninstall.sh /init-container.sh /usr/local/bin/status-probe.sh; do ln -s /bin/stand-in $f; done' \
        "ENV WEAVE_PORT=${PORT}3 SPIRE_PORT=${PORT}4" 'ENTRYPOINT ["/bin/stand-in"]'
}

image_for() {
    case $1 in
        *node-exporter*) echo exporter ;;
        *kube-rbac-proxy*) echo proxy ;;
        *fluentd-elasticsearch* | */filebeat*) echo shipper ;;
        */contour* | */envoy* | */nginx*) echo web ;;
        */pause*) echo pause ;;
        *) echo stand-in ;;
    esac
}

# manifest FILE: with this run's images, ports, and a folder of its own for what the host has; probes begin at once.
# Privileged containers cannot start on every test machine: "as-is" as the second argument leaves them.
manifest() {
    local line image host_path="" privileged='s/privileged: true/privileged: false/'
    [[ ${2:-} != as-is ]] || privileged=''
    while IFS= read -r line; do
        if [[ $line =~ ^([ -]*)image:\ *[\"\']?([^\"\' ]+) ]]; then
            image=$(image_for "${BASH_REMATCH[2]}")
            line="${BASH_REMATCH[1]}image: picket.local/$RUN-$image:1"
        elif [[ -n $host_path && $line =~ ^(.*path:\ *)\"?(/[^\"]*)\"?$ ]]; then
            line="${BASH_REMATCH[1]}$(host_path_for "${BASH_REMATCH[2]}")"
        fi
        host_path=""
        [[ ! $line =~ hostPath:$ ]] || host_path=yes
        printf '%s\n' "$line"
    done <"$ROOT/tests/e2e/manifests/$1.yaml" |
        sed -E "$privileged; s/imagePullPolicy: .*/imagePullPolicy: IfNotPresent/
            s/initialDelaySeconds: [0-9]+/initialDelaySeconds: 1/; s/periodSeconds: [0-9]+/periodSeconds: 1/
            s/:910([01])/:$PORT\1/g; s/: 9100$/: ${PORT}0/; s/=8081/=${PORT}2/; s/: 8081/: ${PORT}2/
            s/port: 6784/port: ${PORT}3/; s/port: 8080/port: ${PORT}4/; s/metricsport=8680/metricsport=${PORT}5/
            s|mountPath: /var/log\$|mountPath: $DIR/log|
            s/hostPort: 80$/hostPort: ${PORT}6/; s/hostPort: 443$/hostPort: ${PORT}7/; s/spire-server:8081/127.0.0.1:${PORT}8/"
}

# What is only looked at stays the host's.
host_path_for() {
    case $1 in
        / | /sys | /sys/class | /sys/module | /sys/fs/cgroup | /dev | /lib/modules | /proc | /etc/ssl | /var/lib/docker/*) echo "$1" ;;
        /var/run/docker.sock) echo "$1" ;;
        /var/log) echo "$DIR/log" ;;
        *) echo "$DIR/root$1" ;;
    esac
}
