// An editor makes an issue of what is published; readers leaf through it, look things up, and find nothing when it is hidden.

import { PNG, press } from "./hands.mjs";

const FINISHED = "/desk/events/finished/article";
const REPORT = "둘째 날의 기록";
const COVER = "묻고 답하는 사이";

const field = (v, text) => v.page.getByLabel(new RegExp(`^${text}`)).first();
const lines = (v) => v.page.locator("[data-drag-id]");
const titles = async (v) => lines(v).evaluateAll((all) => all.map((row) => row.querySelector("input[type=text]:not([type=hidden]), a")?.value ?? row.querySelector("a")?.textContent));

/// A second article, of prose, so that there is something to leaf through.
export async function writes(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("editor");
  await v.signIn(server.stops.editor[0].email, FINISHED);
  await v.inOwnLanguage();
  const published = v.page.locator("tr", { has: v.page.locator("td a[href='/articles/finished']") }).first();
  scene.talk = await published.locator("td a").getAttribute("href");
  scene.title = await published.locator("th a").innerText();
  await v.press(t("articles-create-report"));
  await v.box(t("publishing:field-title")).first().fill(REPORT);
  await v.box(new RegExp(`^${t("field-standfirst")}`)).fill("강당을 채운 하루를 숫자와 말로 남겼다.");
  await v.box(new RegExp(`^${t("publishing:field-slug")}`)).fill("second-day");
  await v.box(new RegExp(`^${t("publishing:field-keywords")}`)).fill("상생, 정산");
  await v.box(new RegExp(`^${t("compose-markdown")}`)).fill("둘째 날에도 **많은 분**이 오셨다. 정산을 묻는 분이 가장 많았다.");
  await v.press(t("article-publish"));
  await v.told(t("publishing:article-published"));
}

export async function makesIssue(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.open(t("nav-issues")).catch(() => v.goto("/desk/issues"));
  await v.look("issues-first", { dark: true });
  await press(scene, v, v.button(t("issues-create")));
  await v.page.locator(".error-summary").waitFor();
  await v.look("issue-without-title", { glance: true });
  await field(v, t("publishing:field-title")).fill(COVER);
  await press(scene, v, v.button(t("issues-create")));
  await v.told(t("issue-created"));
  scene.issue = v.page.url().split(/[?#]/)[0];
  await v.look("issue-empty", { dark: true });
  // Nothing to show yet.
  await press(scene, v, v.button(t("issue-show")));
  await v.told(t("issue-empty"));
  for (const section of ["오간 말", "그날"]) {
    await field(v, t("issue-new-section")).fill(section);
    await press(scene, v, v.button(t("issue-add-section")));
  }
  await field(v, t("issue-find")).fill("둘째");
  await press(scene, v, v.button(t("issue-find-do")));
  if ((await v.page.locator("input[name=add]").count()) !== 1) room.problem("the title was not looked for");
  await v.look("issue-find", { glance: true });
  await v.page.locator("input[name=add]").first().check();
  await press(scene, v, v.button(t("issue-add-articles")));
  // It stands in the demo's issue, and moves.
  await v.page.getByRole("checkbox", { name: scene.title }).check();
  await press(scene, v, v.button(t("issue-add-articles")));
  await v.look("issue-filled", { dark: true });
}

/// By keys where script runs, by buttons everywhere: the section of the day goes above its report, the talk to its own.
export async function orders(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  const before = await titles(v);
  if (room.script) {
    const link = lines(v).last().locator("a");
    await link.focus();
    await Promise.all([v.page.waitForEvent("load"), v.page.keyboard.press("[")]);
  } else {
    await v.press(t("issue-up", { n: 4 }));
  }
  const after = await titles(v);
  if (after[2] !== before[3] || after[3] !== before[2]) room.problem(`the last line did not go up: ${before} became ${after}`);
  if (room.script) {
    // Dragging is the script's addition.
    await v.page.evaluate(() => scrollTo(0, 0));
    const [from, to] = await Promise.all([2, 1].map((n) => lines(v).nth(n).boundingBox()));
    await v.page.mouse.move(from.x + 20, from.y + from.height / 2);
    await v.page.mouse.down();
    await v.page.mouse.move(to.x + 20, to.y + to.height / 2, { steps: 8 });
    await Promise.all([v.page.waitForEvent("load"), v.page.mouse.up()]);
  } else {
    await v.press(t("issue-up", { n: 3 }));
  }
  const dragged = await titles(v);
  if (dragged[1] !== after[2]) room.problem(`the line was not moved: ${after} became ${dragged}`);
}

export async function coversIt(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await field(v, t("publishing:field-standfirst")).fill("파트너와 회사가 마주 앉은 이틀");
  await v.page.getByLabel(t("issue-tone-pine")).check();
  await v.follow(v.button(t("save")));
  await v.told(t("web:saved"));
  await v.press(t("article-preview"));
  await v.look("issue-preview", { lang: null });
  await v.goto(scene.issue);
  await press(scene, v, v.button(t("issue-show")));
  await v.told(t("issue-shown"));
  await v.look("issue-shown", { dark: true });
}

async function reads(scene) {
  const { room, t } = scene;
  const v = await room.visitor("reader");
  await v.goto("/magazine");
  if ((await v.page.locator("html").getAttribute("lang")) !== room.lang) await v.open(room.lang === "ko" ? "한국어" : "English");
  await v.look("magazine", { dark: true });
  await v.follow(v.page.locator("a[href='/magazine/2']").first());
  await v.look("magazine-issue", { lang: null, dark: true });
  const links = await v.page.locator(".toc-title a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  if (links.length !== 2) room.problem(`two articles stand in it: ${links}`);
  await v.follow(v.page.locator(".toc-title a").first());
  await v.look("article-in-issue", { lang: null, dark: true });
  await v.follow(v.page.locator("a[rel=next]"));
  if (new URL(v.page.url()).pathname !== links[1]) room.problem("the next article is not the next one");
  await v.follow(v.page.locator("a[rel=prev]"));
  await v.goto("/magazine/archive");
  await v.look("archive", { dark: true });
  await v.follow(v.page.locator("a[href*='/archive/keyword/']").first());
  await v.look("archive-keyword", { dark: true });
  await v.goto("/magazine/search");
  await v.look("search");
  await v.page.getByRole("searchbox").fill("정산");
  await v.follow(v.button(t("magazine-search")));
  if (!(await v.page.locator("mark").count())) room.problem("the word is not marked where it stands");
  await v.look("search-found", { dark: true });
  await v.page.getByRole("searchbox").fill("바다거북이");
  await v.follow(v.button(t("magazine-search")));
  await v.reads(t("magazine-found-none"));
  await v.look("search-nothing", { dark: true });
}

/// A picture between the words of the cover.
async function illustrates(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.page.getByLabel(t("issue-picture")).setInputFiles({ name: "day.png", mimeType: "image/png", buffer: PNG });
  await v.follow(v.button(t("save")));
  await v.page.locator(".error-summary").getByText(t("compose-error-alt")).waitFor();
  await v.look("cover-needs-an-alternative", { dark: true });
  await field(v, t("compose-alt")).fill("파란 그림");
  await v.follow(v.button(t("save")));
  await v.told(t("web:saved"));
  await v.look("cover-with-picture", { glance: true });
  const reader = await room.visitor("second-reader");
  await reader.goto("/magazine/2");
  await reader.page.locator(".cover-picture").waitFor();
  await reader.look("magazine-issue-with-picture", { lang: null, dark: true });
}

async function hides(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await press(scene, v, v.button(t("issue-hide")));
  await v.told(t("issue-hidden"));
  await v.look("issue-hidden", { dark: true });
  const reader = await room.visitor("third-reader");
  for (const path of ["/magazine/2", "/articles/second-day", scene.talk]) {
    const answer = await reader.page.goto(path);
    if (answer.status() !== 404) room.problem(`${path} answers ${answer.status()} while its issue is hidden`);
  }
  await reader.goto("/magazine");
  if (await reader.page.getByText(COVER).count()) room.problem("the list shows a hidden issue");
  await reader.look("magazine-without-it", { lang: null });
  await v.goto("/desk/issues");
  await v.look("issues", { dark: true });
  await v.open(COVER);
  await press(scene, v, v.button(t("issue-show")));
  await v.told(t("issue-shown"));
  const again = await room.visitor("fourth-reader");
  await again.goto("/articles/second-day");
  await again.reads("정산을 묻는 분이 가장 많았다.");
}

/// Printed copies go to places, each under a code of its own.
export async function lays(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(scene.issue);
  await v.follow(v.link(t("places-title")));
  await v.look("places-none", { dark: true });
  await field(v, t("place-address")).fill("서울특별시 종로구 은하로 12");
  await field(v, t("place-copies")).fill("몇 부");
  await press(scene, v, v.button(t("places-add-do")));
  await v.page.locator(".error-summary").waitFor();
  await v.look("place-refused", { dark: true });
  if ((await field(v, t("place-address")).inputValue()) !== "서울특별시 종로구 은하로 12") room.problem("the address that was typed is lost");
  await field(v, t("place-name")).fill("누리빵집");
  await field(v, t("place-copies")).fill("40");
  await press(scene, v, v.button(t("places-add-do")));
  await v.told(t("places-added", { n: 1 }));
  await v.page.locator("#lines").fill("매장\t주소\t부수\n달빛서점\t마포구 책마을길 7\t60\n새벽정류장 쉼터\t고양시 하늘대로 301\t25");
  await press(scene, v, v.button(t("places-many-do")));
  await v.told(t("places-added", { n: 2 }));
  await v.look("places", { dark: true });
  const file = v.page.waitForEvent("download");
  await v.link(t("places-file-24")).click();
  if (!(await file).suggestedFilename().endsWith(".pdf")) room.problem("the labels are no PDF");
  await v.open("달빛서점");
  await v.look("place", { dark: true });
  const code = (await v.page.locator("code").first().innerText()).trim();
  const reader = await room.visitor("fifth-reader");
  await reader.goto(new URL(code).pathname);
  await reader.page.waitForURL("**/magazine/2");
  await v.goto(`${scene.issue}/places`);
  await v.page.locator("tr", { hasText: "달빛서점" }).locator("td").last().getByText("1", { exact: true }).waitFor();
  await v.look("places-opened", { dark: true });
  await v.goto(scene.issue);
}

/// What all the conversations came to.
async function looksBack(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto("/desk/insight");
  await v.role("heading", t("nav-insight"), { level: 1 }).waitFor();
  await v.look("insight", { dark: true });
  await v.follow(v.page.locator("a[href$='/finished/insight']").first());
  await v.look("insight-event", { dark: true });
  const file = v.page.waitForEvent("download");
  await v.link(t("insight-file")).click();
  if (!(await file).suggestedFilename().endsWith(".xlsx")) room.problem("the figures are no workbook");
}

export const stories = [
  ["an editor writes a second article", writes],
  ["an editor makes an issue and fills it", makesIssue],
  ["and puts it in order", orders],
  ["and gives it a cover, and lets it out", coversIt],
  ["a reader leafs through it, and looks things up", reads],
  ["a picture stands on the cover", illustrates],
  ["printed copies go to places, under codes", lays],
  ["it is hidden with all that stands in it, and comes back", hides],
  ["the host looks back", looksBack],
];
