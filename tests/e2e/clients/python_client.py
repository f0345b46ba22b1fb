"""The life of a DaemonSet through Debian's python3-kubernetes. Ends with a traceback if anything is not as it should be."""

import sys
import time

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.stream import portforward, stream

NAMESPACE = "default"
NAME = "python"
PATIENCE = 90


def daemon_set():
    container = client.V1Container(
        name="main",
        image="picket.local/busybox:1",
        command=[
            "/bin/sh",
            "-c",
            "echo hello; mkdir -p /www; echo page >/www/index.html; "
            "httpd -p 127.0.0.1:8080 -h /www; while read line; do echo got $line; done",
        ],
        stdin=True,
    )
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels={"app": NAME}),
        spec=client.V1PodSpec(containers=[container], termination_grace_period_seconds=1),
    )
    return client.V1DaemonSet(
        metadata=client.V1ObjectMeta(name=NAME),
        spec=client.V1DaemonSetSpec(
            selector=client.V1LabelSelector(match_labels={"app": NAME}), template=template
        ),
    )


def wait_for(list_call, wanted):
    """Watches from now on until `wanted` holds for an object; returns it."""
    for event in watch.Watch().stream(list_call, NAMESPACE, timeout_seconds=PATIENCE):
        if wanted(event):
            return event["object"]
    sys.exit("the watch ended before what it waited for")


def until(what, holds):
    """What comes without a watch is asked for again."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            sys.exit("still not so: " + what)
        time.sleep(0.1)


def inside(core, pod):
    """Commands, the container's own input and its ports."""
    common = {"stderr": True, "stdout": True, "tty": False}

    # A container that has just started may not have written yet.
    until("the log has its line", lambda: core.read_namespaced_pod_log(pod, NAMESPACE) == "hello\n")
    lines = watch.Watch().stream(
        core.read_namespaced_pod_log, name=pod, namespace=NAMESPACE, follow=True
    )
    assert next(lines) == "hello"

    said = stream(
        core.connect_get_namespaced_pod_exec, pod, NAMESPACE, command=["echo", "two  words"],
        stdin=False, **common,
    )
    assert said == "two  words\n", said

    shell = stream(
        core.connect_get_namespaced_pod_exec, pod, NAMESPACE, command=["/bin/sh"],
        stdin=True, _preload_content=False, **common,
    )
    shell.write_stdin("echo out; echo err >&2; exit 7\n")
    shell.run_forever(timeout=PATIENCE)
    assert shell.read_stdout() == "out\n" and shell.read_stderr() == "err\n"
    assert shell.returncode == 7, shell.returncode

    attached = stream(
        core.connect_get_namespaced_pod_attach, pod, NAMESPACE,
        stdin=True, _preload_content=False, **common,
    )
    attached.write_stdin("python\n")
    assert attached.readline_stdout(timeout=PATIENCE) == "got python"
    attached.close()
    assert next(lines) == "got python"

    forward = portforward(core.connect_get_namespaced_pod_portforward, pod, NAMESPACE, ports="8080")
    connection = forward.socket(8080)
    connection.settimeout(PATIENCE)
    connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
    answer = b""
    while b"page" not in answer:
        piece = connection.recv(4096)
        assert piece, (answer, forward.error(8080))
        answer += piece
    connection.close()

    try:
        stream(
            core.connect_get_namespaced_pod_exec, pod, NAMESPACE, container="nope",
            command=["true"], stdin=False, **common,
        )
        sys.exit("a container that is not there was taken")
    except ApiException as refused:
        assert "400" in str(refused), refused


def is_ready(event):
    status = event["object"].status
    return (
        event["object"].metadata.name == NAME
        and status.desired_number_scheduled
        and status.number_ready == status.desired_number_scheduled
    )


def main():
    config.load_kube_config()
    core, apps = client.CoreV1Api(), client.AppsV1Api()
    nodes = core.list_node().items
    assert [node.status.node_info.kubelet_version for node in nodes], nodes

    made = apps.create_namespaced_daemon_set(NAMESPACE, daemon_set())
    assert made.metadata.uid and made.spec.update_strategy.type == "RollingUpdate", made
    wait_for(apps.list_namespaced_daemon_set, is_ready)

    # A dict is sent as a strategic merge patch, a list as a JSON patch.
    apps.patch_namespaced_daemon_set(NAME, NAMESPACE, {"metadata": {"labels": {"tier": "front"}}})
    apps.patch_namespaced_daemon_set(
        NAME, NAMESPACE, [{"op": "replace", "path": "/metadata/labels/tier", "value": "back"}]
    )
    found = apps.list_daemon_set_for_all_namespaces(label_selector="tier=back").items
    assert [one.metadata.name for one in found] == [NAME], found

    read = apps.read_namespaced_daemon_set(NAME, NAMESPACE)
    read.spec.min_ready_seconds = 0
    read.metadata.annotations["note"] = "x"
    replaced = apps.replace_namespaced_daemon_set(NAME, NAMESPACE, read)
    assert replaced.metadata.annotations["note"] == "x"

    pods = core.list_namespaced_pod(NAMESPACE, label_selector="app=" + NAME).items
    assert pods and pods[0].status.phase == "Running", pods
    inside(core, pods[0].metadata.name)
    assert core.list_namespaced_event(NAMESPACE).items

    sets = dynamic.DynamicClient(client.ApiClient()).resources.get(
        api_version="apps/v1", kind="DaemonSet"
    )
    assert sets.get(name=NAME, namespace=NAMESPACE).spec.template.spec.containers[0].name == "main"

    apps.delete_namespaced_daemon_set(NAME, NAMESPACE, propagation_policy="Foreground")
    wait_for(
        core.list_namespaced_pod,
        lambda event: event["type"] == "DELETED"
        and event["object"].metadata.name == pods[0].metadata.name,
    )
    try:
        while apps.read_namespaced_daemon_set(NAME, NAMESPACE):
            pass
    except ApiException as gone:
        assert gone.status == 404, gone
    print("the python client is content")


main()
