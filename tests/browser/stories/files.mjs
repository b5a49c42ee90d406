// A reader takes an article and an issue with them: from the article to the downloaded file, seeing how far it is.

import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";

/// The demo's issue, for its editor, who takes all of its texts elsewhere.
async function exports(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, "/desk/issues");
  await v.inOwnLanguage();
  await v.follow(v.page.locator("main a[href^='/desk/issues/']").first());
  scene.magazine = await v.page.locator("a[href^='/magazine/']").first().getAttribute("href");
  await v.look("issue-with-export", { glance: true });
  const taken = v.page.waitForEvent("download");
  await v.link(t("outputs-export")).click();
  const zip = readFileSync(await (await taken).path());
  if (zip.subarray(0, 2).toString() !== "PK") room.problem("the export is no ZIP");
}

async function taken(scene, v, kind, name) {
  const { room, t } = scene;
  await v.follow(v.button(t(`outputs-make-${kind}`)));
  const under = v.page.locator("progress").or(v.link(t(`outputs-get-${kind}`)));
  await under.first().waitFor();
  await v.look(`${name}-${kind}-under-way`, { dark: true });
  if (room.script) {
    // The page goes on by itself.
    await v.link(t(`outputs-get-${kind}`)).waitFor({ timeout: 120_000 });
  } else {
    const end = Date.now() + 120_000;
    while (!(await v.link(t(`outputs-get-${kind}`)).count())) {
      if (Date.now() > end) throw new Error("the file was not made");
      await v.page.waitForTimeout(500);
      // Where it is ready meanwhile, the page of the last look has no such link any more.
      await v.goto(v.page.url());
    }
  }
  const coming = v.page.waitForEvent("download");
  await v.link(t(`outputs-get-${kind}`)).click();
  const download = await coming;
  const file = path.join(room.folder, `${name}.${kind}`);
  copyFileSync(await download.path(), file);
  return { file, name: download.suggestedFilename() };
}

async function takes(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("reader");
  await v.goto(server.stops.reader[0].path);
  const title = await v.page.locator("h1").innerText();
  await v.look("article-with-files", { lang: null, dark: true });
  await v.follow(v.page.locator(".files a").first());
  await v.look("files", { dark: true });
  const pdf = await taken(scene, v, "pdf", "article");
  if (!pdf.name.endsWith(".pdf") || !pdf.name.startsWith(title.slice(0, 4))) room.problem(`the file is called ${pdf.name}, the article ${title}`);
  const said = execFileSync("pdfinfo", [pdf.file]).toString();
  if (!/Tagged:\s+yes/.test(said) || !said.includes(title)) room.problem(`pdfinfo: ${said}`);
  const epub = await taken(scene, v, "epub", "article");
  if (readFileSync(epub.file).subarray(0, 2).toString() !== "PK") room.problem("the e-book is no container");
  await v.reads(/\d+(쪽| pages?) · /);
  await v.look("files-ready", { dark: true });
}

async function takesIssue(scene) {
  const { room } = scene;
  const v = await room.visitor("reader");
  await v.goto(scene.magazine);
  await v.look("issue-with-files", { lang: null });
  await v.follow(v.page.locator(".files a").first());
  const pdf = await taken(scene, v, "pdf", "issue");
  const pages = Number(/Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [pdf.file]).toString())[1]);
  if (pages < 4) room.problem(`an issue of ${pages} pages`);
}

export const stories = [
  ["an editor takes the texts of an issue elsewhere", exports],
  ["a reader takes an article with them, as PDF and as e-book", takes],
  ["a reader takes the whole issue with them", takesIssue],
];
