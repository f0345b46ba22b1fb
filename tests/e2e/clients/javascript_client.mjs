// An informer of @kubernetes/client-node that lives through a restart of the server. What happens outside is agreed on by
// files in the folder given as argument: this program writes "first", the test restarts the server and writes "restarted".
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import * as k8s from '@kubernetes/client-node';
import WebSocket from 'isomorphic-ws';

const folder = process.argv[2];
const namespace = 'default';
const patience = 90_000;

const config = new k8s.KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);

function configMap(name, value) {
    return { metadata: { name, labels: { part: 'informed' } }, data: { value } };
}

async function until(what, holds) {
    const end = Date.now() + patience;
    while (!(await holds())) {
        if (Date.now() > end) throw new Error(`still not so: ${what}`);
        await new Promise((done) => setTimeout(done, 100));
    }
}

/// Keeps what is written to it as text.
class Text extends Writable {
    text = '';
    _write(piece, _encoding, done) {
        this.text += piece;
        done();
    }
}

/// Commands, the container's own input, its ports, and its log, whose end is returned.
async function inside(pod) {
    await exec(pod);
    await attach(pod);
    await forward(pod);
    await base64(pod);
    return follow(pod);
}

function check(what, is, wanted) {
    if (is !== wanted) throw new Error(`${what}: ${JSON.stringify(is)} instead of ${JSON.stringify(wanted)}`);
}

async function exec(pod) {
    const [out, err] = [new Text(), new Text()];
    const status = await new Promise((ended, failed) => {
        const command = ['sh', '-c', 'cat; echo err >&2; exit 7'];
        const input = new PassThrough();
        new k8s.Exec(config).exec(namespace, pod, 'main', command, out, err, input, false, ended).catch(failed);
        input.end('typed');
    });
    check('output', out.text, 'typed');
    check('errors', err.text, 'err\n');
    check('exit code', status.details.causes[0].message, '7');
}

async function attach(pod) {
    const [out, err, input] = [new Text(), new Text(), new PassThrough()];
    const socket = await new k8s.Attach(config).attach(namespace, pod, 'main', out, err, input, false);
    input.write('javascript\n');
    await until('the container answers', () => out.text.includes('got javascript\n'));
    socket.close();
}

async function follow(pod) {
    const text = new Text();
    const ended = new Promise((finished) => text.on('finish', finished));
    await new k8s.Log(config).log(namespace, pod, 'main', text, { follow: true });
    await until('the log is there', () => text.text.startsWith('hello\n') && text.text.includes('got javascript'));
    return { ended };
}

async function forward(pod) {
    const forwarding = new k8s.PortForward(config);
    const server = net.createServer((socket) => forwarding.portForward(namespace, pod, [8080], socket, null, socket));
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const answer = new Text();
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.pipe(answer);
    socket.write('GET / HTTP/1.0\r\n\r\n');
    await until('the page is there', () => answer.text.includes('page'));
    socket.destroy();
    server.close();
}

/// `v4.base64.channel.k8s.io`, for what can carry text only: a digit for the channel, then base64.
async function base64(pod) {
    const options = {};
    await config.applyToHTTPSOptions(options);
    const query = 'command=sh&command=-c&command=cat%3B+exit+3&stdin=true&stdout=true&tty=false';
    const url = `${config.getCurrentCluster().server}/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query}`
        .replace('https://', 'wss://');
    const socket = new WebSocket(url, 'v4.base64.channel.k8s.io', options);
    const said = { 1: '', 3: '' };
    socket.onmessage = ({ data }) => { said[data[0]] += Buffer.from(data.slice(1), 'base64'); };
    await new Promise((open, failed) => { socket.onopen = open; socket.onerror = failed; });
    check('protocol', socket.protocol, 'v4.base64.channel.k8s.io');
    socket.send('0' + Buffer.from('typed').toString('base64'));
    await until('the command answers', () => said[1] === 'typed');
    socket.close();
}

async function lifeOfASet() {
    const spec = {
        selector: { matchLabels: { app: 'javascript' } },
        template: {
            metadata: { labels: { app: 'javascript' } },
            spec: { containers: [{ name: 'main', image: 'picket.local/busybox:1', stdin: true, command: [
                        '/bin/sh', '-c', 'echo hello; mkdir -p /www; echo page >/www/index.html; httpd -p 127.0.0.1:8080 -h /www; '
                        + 'while read line; do echo got $line; done'] }],
                    terminationGracePeriodSeconds: 1 },
        },
    };
    await apps.createNamespacedDaemonSet({ namespace, body: { metadata: { name: 'javascript' }, spec } });
    await until('the set is ready', async () => {
        const { status } = await apps.readNamespacedDaemonSet({ name: 'javascript', namespace });
        return status.desiredNumberScheduled > 0 && status.numberReady === status.desiredNumberScheduled;
    });
    const pods = await core.listNamespacedPod({ namespace, labelSelector: 'app=javascript' });
    const log = await inside(pods.items[0].metadata.name);
    await apps.patchNamespacedDaemonSet({
        name: 'javascript', namespace, body: [{ op: 'add', path: '/metadata/annotations/note', value: 'x' }],
    });
    const { items } = await apps.listNamespacedDaemonSet({ namespace });
    const found = items.find((one) => one.metadata.name === 'javascript');
    if (found?.metadata.annotations.note !== 'x') throw new Error('the patch is not there');
    await apps.deleteNamespacedDaemonSet({ name: 'javascript', namespace, propagationPolicy: 'Foreground' });
    await log.ended;
    await until('the set is gone', async () => {
        try {
            await apps.readNamespacedDaemonSet({ name: 'javascript', namespace });
            return false;
        } catch (failure) {
            return failure.code === 404;
        }
    });
}

async function informer() {
    const seen = new Map();
    const listed = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'part=informed' });
    const watching = k8s.makeInformer(
        config, `/api/v1/namespaces/${namespace}/configmaps`, listed, 'part=informed');
    const note = (object) => seen.set(object.metadata.name, object.data.value);
    watching.on('add', note);
    watching.on('update', note);
    watching.on('delete', (object) => seen.delete(object.metadata.name));
    let running = true;
    watching.on('error', () => {
        // As its documentation says: begin again after a while.
        if (running) setTimeout(() => watching.start().catch(() => watching.emit?.('error')), 500);
    });
    await watching.start();
    await core.createNamespacedConfigMap({ namespace, body: configMap('before', '1') });
    await until('the first object is seen', () => seen.get('before') === '1');
    fs.writeFileSync(path.join(folder, 'first'), '');
    await until('the server is back', () => fs.existsSync(path.join(folder, 'restarted')));
    await core.createNamespacedConfigMap({ namespace, body: configMap('after', '2') });
    await core.deleteNamespacedConfigMap({ name: 'before', namespace });
    await until('what happened after the restart is seen', () => seen.get('after') === '2' && !seen.has('before'));
    running = false;
    await watching.stop();
    await core.deleteNamespacedConfigMap({ name: 'after', namespace });
}

await lifeOfASet();
await informer();
console.log('the javascript client is content');
process.exit(0);
