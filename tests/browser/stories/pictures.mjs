// The pictures of README and of the guides: the stories once more, with a camera in place of the checks.

import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { Room } from "../lib/room.mjs";
import { start } from "../lib/server.mjs";
import * as article from "./article.mjs";
import * as compose from "./compose.mjs";
import * as crew from "./crew.mjs";
import * as desk from "./desk.mjs";
import * as door from "./door.mjs";
import * as magazine from "./magazine.mjs";
import * as partner from "./partner.mjs";
import * as reading from "./reading.mjs";
import * as release from "./release.mjs";
import * as reverse from "./reverse.mjs";
import * as similar from "./similar.mjs";
import * as stage from "./stage.mjs";
import * as triage from "./triage.mjs";

const folder = path.resolve(import.meta.dirname, "../../../docs/pictures");
const paper = { width: 720, height: 760 };
const wide = { width: 1200, height: 760 };
const screen = { width: 960, height: 540 };
const telephone = { width: 390, height: 700 };

/// What stands in a story's page, and the picture that it becomes; from that element on, where one is named.
const pictures = {
  "invitation": ["invitation", paper],
  "ask-filled": ["ask", paper],
  "reading-by-criteria": ["reading", { width: 1200, height: 560 }],
  "scores-of-both": ["question", { width: 1200, height: 720 }],
  "similar-groups": ["similar", { width: 1200, height: 620 }],
  "triage-ten-picked": ["triage", wide],
  "shortlist-ordered": ["shortlist", { width: 1200, height: 680 }],
  "routing": ["release", { width: 1200, height: 720 }, "#pending"],
  "selection-as-partners-see-it": ["selection", paper],
  "assignment-as-mailed": ["crew-mail", { width: 720, height: 640 }],
  "review-by-mail": ["review", { width: 1200, height: 680 }],
  "stage-third": ["stage", { width: 1200, height: 760 }],
  "run": ["run", { width: 1200, height: 760 }, "#lines-title"],
  "hall-third": ["hall", screen],
  "backstage-third": ["backstage", screen],
  "now-third": ["telephone", telephone],
  "door": ["door", telephone, ".stats"],
  "article-of-last-year": ["article", paper],
  "edit-report": ["compose", { width: 1200, height: 900 }, "#blocks"],
  "approvals": ["approvals", { width: 1200, height: 720 }],
  "issue-filled": ["issue", { width: 1200, height: 760 }],
  "places-opened": ["places", { width: 1200, height: 560 }],
  "ledger": ["ledger", { width: 1200, height: 640 }],
};

export async function take(browser, { bin, shots }) {
  mkdirSync(folder, { recursive: true });
  const server = await start("pictures", bin, shots);
  const room = new Room(browser, server, { name: "pictures", lang: "en", width: 1200, height: 800, shots });
  room.camera = async (name, page) => {
    const [file, size, from] = pictures[name] ?? [];
    if (!file) return;
    const target = path.join(folder, `${file}.png`);
    await page.setViewportSize(size);
    await page.evaluate((from) => (from ? document.querySelector(from).scrollIntoView() : scrollTo(0, 0)), from);
    await page.screenshot({ path: target });
    await page.setViewportSize({ width: room.width, height: room.height });
    console.log(`${file}.png ${Math.ceil(statSync(target).size / 1024)} kB`);
  };
  const scene = { room, server, t: room.t, lang: room.lang };
  const stories = [
    partner.asks, reading.reads, reading.ownFirst, similar.groups, triage.decides, crew.replies, crew.reviewed, stage.runs, reverse.asksBack,
    article.published, desk.ledger, release.declines, compose.looksAtTheDraft,
    magazine.writes, magazine.makesIssue, magazine.orders, magazine.coversIt, magazine.lays, door.phones,
  ];
  for (const story of stories) await story(scene);
  if (room.problems.length) throw new Error(room.problems.join("\n"));
  await room.close();
  await server.stop();
}
