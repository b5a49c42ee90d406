// README's pictures: the stories once more, with a camera in place of the checks.

import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { Room } from "../lib/room.mjs";
import { start } from "../lib/server.mjs";
import * as article from "./article.mjs";
import * as crew from "./crew.mjs";
import * as desk from "./desk.mjs";
import * as partner from "./partner.mjs";
import * as reverse from "./reverse.mjs";
import * as stage from "./stage.mjs";
import * as triage from "./triage.mjs";

const folder = path.resolve(import.meta.dirname, "../../../docs/pictures");
const paper = { width: 720, height: 760 };
const wide = { width: 1200, height: 760 };

/// What stands in a story's page, and the picture that it becomes.
const pictures = {
  "invitation": ["invitation", paper],
  "ask-filled": ["ask", paper],
  "triage-ten-picked": ["triage", wide],
  "shortlist-ordered": ["shortlist", { width: 1200, height: 680 }],
  "assignment-as-mailed": ["crew-mail", { width: 720, height: 640 }],
  "review-by-mail": ["review", { width: 1200, height: 680 }],
  "stage": ["stage", { width: 1200, height: 620 }],
  "article-of-last-year": ["article", paper],
  "ledger": ["ledger", { width: 1200, height: 640 }],
};

export async function take(browser, { bin, shots }) {
  mkdirSync(folder, { recursive: true });
  const server = await start("pictures", bin, shots);
  const room = new Room(browser, server, { name: "pictures", lang: "en", width: 1200, height: 800, shots });
  room.camera = async (name, page) => {
    const [file, size] = pictures[name] ?? [];
    if (!file) return;
    const target = path.join(folder, `${file}.png`);
    await page.setViewportSize(size);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: target });
    await page.setViewportSize({ width: room.width, height: room.height });
    console.log(`${file}.png ${Math.ceil(statSync(target).size / 1024)} kB`);
  };
  const scene = { room, server, t: room.t, lang: room.lang };
  for (const story of [partner.asks, triage.decides, crew.replies, crew.reviewed, stage.runs, reverse.asksBack, article.published, desk.ledger]) await story(scene);
  await room.close();
  await server.stop();
}
