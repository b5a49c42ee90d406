// The browser's stories. `node run.mjs` plays all; `node run.mjs ko-360` one room; `--pictures` makes README's pictures.

import { chromium } from "playwright-core";
import path from "node:path";
import { Room } from "./lib/room.mjs";
import { start } from "./lib/server.mjs";
import * as article from "./stories/article.mjs";
import * as byKeys from "./stories/by_keys.mjs";
import * as board from "./stories/board.mjs";
import * as compose from "./stories/compose.mjs";
import * as crew from "./stories/crew.mjs";
import * as desk from "./stories/desk.mjs";
import * as door from "./stories/door.mjs";
import * as files from "./stories/files.mjs";
import * as judged from "./stories/judged.mjs";
import * as keyboard from "./stories/keyboard.mjs";
import * as magazine from "./stories/magazine.mjs";
import * as partner from "./stories/partner.mjs";
import * as post from "./stories/post.mjs";
import * as readers from "./stories/readers.mjs";
import * as reading from "./stories/reading.mjs";
import * as release from "./stories/release.mjs";
import * as reverse from "./stories/reverse.mjs";
import * as review from "./stories/review.mjs";
import * as routing from "./stories/routing.mjs";
import * as shortlist from "./stories/shortlist.mjs";
import * as similar from "./stories/similar.mjs";
import * as sitting from "./stories/sitting.mjs";
import * as stage from "./stories/stage.mjs";
import * as talk from "./stories/talk.mjs";
import * as triage from "./stories/triage.mjs";

const bin = path.resolve(import.meta.dirname, process.env.MUNDAP_BIN ?? "../../target/debug/mundap");
const shots = path.resolve(import.meta.dirname, process.env.SHOTS ?? "../../target/screenshots");
const LIMIT = 30 * 60_000;

/// One event walked from end to end, in this order.
const path_of_a_question = [
  ["a partner is invited, comes, asks, saves a draft and edits", partner.asks],
  ["a moderator searches, picks ten, orders, names speakers, routes the rest, releases", triage.decides],
  ["a crew member replies by mail, another by link", crew.replies],
  ["staff review, edit, approve and return answers", crew.reviewed],
  ["the asker finds the answer in the mailbox and on their page", crew.delivered],
  ["the stage runs: shown in the hall, noted, not reached", stage.runs],
  ["the host asks back, and two partners answer", reverse.asksBack],
  ["an editor composes, previews and publishes; a reader reads", article.published],
  ["the ledger adds up", desk.ledger],
  ["every other page of the desk", desk.rooms],
  ["pages that refuse", partner.refusals],
];

/// `chained`: each story goes on where the one before ended, so what follows one that stopped would say nothing.
const rooms = [
  { name: "ko-360", lang: "ko", width: 360, height: 740, dark: true, stories: path_of_a_question },
  { name: "en-1280", lang: "en", width: 1280, height: 900, dark: true, stories: path_of_a_question },
  { name: "ko-1280-without-script", lang: "ko", width: 1280, height: 900, script: false, stories: path_of_a_question },
  { name: "ko-1280-keyboard", lang: "ko", width: 1280, height: 900, stories: [...keyboard.stories, ...byKeys.stories] },
  // The rooms of triage, each on a demo of its own.
  ...[["board", board.stories], ["shortlist", shortlist.stories], ["routing", routing.stories]].flatMap(([name, stories]) => [
    { name: `ko-1280-${name}`, lang: "ko", width: 1280, height: 900, dark: true, stories },
    { name: `en-360-${name}`, lang: "en", width: 360, height: 740, stories },
  ]),
  { name: "ko-1280-reading", lang: "ko", width: 1280, height: 900, dark: true, stories: [...reading.stories, ...similar.stories] },
  { name: "en-360-reading", lang: "en", width: 360, height: 740, stories: [...reading.stories, ...similar.stories] },
  { name: "ko-1280-release", lang: "ko", width: 1280, height: 900, dark: true, stories: release.stories },
  { name: "en-360-release-without-script", lang: "en", width: 360, height: 740, script: false, stories: release.stories },
  { name: "ko-1280-talk", lang: "ko", width: 1280, height: 900, dark: true, stories: talk.stories },
  { name: "ko-360-talk", lang: "ko", width: 360, height: 740, dark: true, stories: talk.stories },
  { name: "ko-1280-review", lang: "ko", width: 1280, height: 900, dark: true, stories: [...review.stories, ...post.stories] },
  { name: "en-360-review-without-script", lang: "en", width: 360, height: 740, script: false, stories: [...review.stories, ...post.stories] },
  { name: "ko-1280-compose", lang: "ko", width: 1280, height: 900, dark: true, stories: compose.stories },
  { name: "en-360-compose-without-script", lang: "en", width: 360, height: 740, script: false, dark: true, stories: compose.stories },
  { name: "en-1280-compose", lang: "en", width: 1280, height: 900, stories: compose.stories },
  { name: "ko-1280-magazine", lang: "ko", width: 1280, height: 900, dark: true, stories: magazine.stories },
  { name: "en-360-magazine-without-script", lang: "en", width: 360, height: 740, script: false, dark: true, stories: magazine.stories },
  { name: "en-1280-magazine", lang: "en", width: 1280, height: 900, stories: magazine.stories },
  { name: "ko-1280-readers", lang: "ko", width: 1280, height: 900, dark: true, stories: readers.stories },
  { name: "en-360-readers-without-script", lang: "en", width: 360, height: 740, script: false, dark: true, stories: readers.stories },
  { name: "ko-1280-files", lang: "ko", width: 1280, height: 900, dark: true, stories: files.stories },
  { name: "en-360-files-without-script", lang: "en", width: 360, height: 740, script: false, dark: true, stories: files.stories },
  { name: "ko-360-door", lang: "ko", width: 360, height: 740, dark: true, stories: door.stories },
  { name: "en-360-door", lang: "en", width: 360, height: 740, stories: door.stories },
  { name: "en-360-door-without-script", lang: "en", width: 360, height: 740, script: false, dark: true, stories: door.plain },
  { name: "ko-1280-sitting", lang: "ko", width: 1280, height: 900, dark: true, chained: true, stories: sitting.stories },
  { name: "en-360-sitting", lang: "en", width: 360, height: 740, dark: true, chained: true, stories: sitting.stories },
  { name: "judged", lang: "ko", width: 1280, height: 900, stories: judged.stories },
  { name: "en-360-talk-without-script", lang: "en", width: 360, height: 740, script: false, stories: talk.stories },
];

let passed = 0, failed = 0;

async function play(browser, plan) {
  const server = await start(plan.name, bin, shots);
  const room = new Room(browser, server, { ...plan, shots });
  const scene = { room, server, t: room.t, lang: room.lang };
  for (const [title, story] of plan.stories) {
    const name = `${plan.name}: ${title}`;
    const begun = Date.now();
    room.problems = [];
    let stopped = false;
    try {
      await story(scene);
    } catch (error) {
      stopped = true;
      room.problem(`${error.stack ?? error}`.split("\n").filter((line) => !line.includes("node_modules")).slice(0, 14).join("\n    "));
      await room.evidence(title);
    }
    for (const line of server.complaints()) room.problem(`log: ${line}`);
    const took = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
    if (room.problems.length === 0) {
      passed += 1;
      console.log(`ok - ${name} (${took})`);
    } else {
      failed += 1;
      console.log(`not ok - ${name}: (${took})\n    ${[...new Set(room.problems)].join("\n    ")}`);
      if (stopped && plan.chained) break;
    }
  }
  await room.close();
  await server.stop().catch((error) => {
    failed += 1;
    console.log(`not ok - ${plan.name}: ${error.message}`);
  });
  return room.pages;
}

const begun = Date.now();
const args = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const watchdog = setTimeout(() => {
  console.log(`not ok - the stories took longer than ${LIMIT / 60_000} minutes`);
  console.log(`${passed} passed, ${failed + 1} failed`);
  process.exit(1);
}, LIMIT);
let pages = 0;
try {
  if (args.includes("--pictures")) {
    const { take } = await import("./stories/pictures.mjs");
    await take(browser, { bin, shots });
  } else {
    const asked = rooms.filter((room) => args.length === 0 || args.some((arg) => room.name === arg));
    // Two at a time: while one waits for its server, the other looks.
    const waiting = [...asked];
    const hand = async () => {
      for (let plan = waiting.shift(); plan; plan = waiting.shift()) pages += await play(browser, plan);
    };
    await Promise.all([hand(), hand()]);
  }
} catch (error) {
  failed += 1;
  console.log(`not ok - ${error.stack ?? error}`);
} finally {
  clearTimeout(watchdog);
  await browser.close();
}
console.log(`# ${pages} pages looked at in ${((Date.now() - begun) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
