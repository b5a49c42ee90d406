// The real binary with its demo, on free ports, in a folder of its own.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((done, fail) => {
      const server = createServer();
      server.on("error", fail);
      server.listen(0, "127.0.0.1", () => done(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/// What the start prints: for each role where to go and as whom.
function readStops(printed, url) {
  const stops = {};
  const password = /password (\S+)/.exec(printed)?.[1];
  const blocks = printed.split(/\n(?=  \S)/);
  for (const block of blocks) {
    const head = /^  (\S.*?)\s{2,}(\S.*)\n\s+(\S+)(?:\n {8,}(\S.*))?/.exec(block);
    if (!head) continue;
    const [, role, what, address, who] = head;
    const key = role.toLowerCase().replace(/ /g, "-");
    (stops[key] ??= []).push({ what, path: address.replace(url, ""), email: /\S+@\S+/.exec(who ?? "")?.[0], who });
  }
  return { password, stops };
}

export async function start(name, bin, shots) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "mundap-browser-"));
  const [web, smtp, lmtp, sink] = await freePorts(4);
  const url = `http://127.0.0.1:${web}`;
  mkdirSync(shots, { recursive: true });
  const logFile = path.join(shots, `${name}.log`);
  const log = createWriteStream(logFile);
  const env = {
    ...process.env,
    MUNDAP__DATA_DIR: folder,
    MUNDAP__WEB__BIND: `127.0.0.1:${web}`,
    MUNDAP__WEB__PUBLIC_URL: url,
    MUNDAP__MAIL__IN__SMTP_BIND: `127.0.0.1:${smtp}`,
    MUNDAP__MAIL__IN__LMTP_BIND: `127.0.0.1:${lmtp}`,
    MUNDAP__MAIL__OUT__PORT: String(sink),
  };

  /// Starts the process and waits until it serves; gives what it printed and how long that took.
  async function launch() {
    const child = spawn(bin, ["serve", "--demo"], { env, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    child.stdout.on("data", (data) => { printed += data; log.write(data); });
    child.stderr.on("data", (data) => log.write(data));
    let over = null;
    const ended = new Promise((done) => child.on("exit", (code, signal) => done(over = { code, signal })));
    const begun = Date.now();
    for (;;) {
      if (over) throw new Error(`mundap ended at its start (${over.code ?? over.signal}): ${readFileSync(logFile, "utf8").slice(-600)}`);
      if (Date.now() - begun > 60_000) throw new Error("mundap was not ready within a minute");
      const ready = await fetch(`${url}/readyz`).catch(() => null);
      if (ready?.ok) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    return { child, ended, printed, ready: Date.now() - begun };
  }

  let running = await launch();
  const { password, stops } = readStops(running.printed, url);
  if (!password || !stops.moderator) throw new Error(`the start printed no sign-ins: ${running.printed}`);
  return {
    url, smtp, password, stops, ready: running.ready,
    /// As a power cut ends it: nothing is said, nothing is finished.
    async kill() {
      running.child.kill("SIGKILL");
      await running.ended;
    },
    /// The same once more: its folder, its ports.
    async again() {
      running = await launch();
    },
    async stop() {
      running.child.kill("SIGTERM");
      const late = setTimeout(() => running.child.kill("SIGKILL"), 15_000);
      const how = await running.ended;
      clearTimeout(late);
      log.end();
      rmSync(folder, { recursive: true, force: true });
      if (how.code !== 0) throw new Error(`mundap did not stop gently: ${how.code ?? how.signal}`);
    },
    /// Errors that the process logged.
    complaints: () => readFileSync(logFile, "utf8").split("\n")
      .filter((line) => / ERROR |a text is missing/.test(line.replace(/\u001b\[[0-9;]*m/g, ""))),
  };
}
