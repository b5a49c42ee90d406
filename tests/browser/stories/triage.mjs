// The moderator: fifty questions, ten places, eight crews.

export const EVENT = "/desk/events/talk";

/// The page of the question with this number, by way of the board.
export async function openQuestion(v, number, event = EVENT) {
  await v.goto(`${event}/triage?state=all&q=%23${number}`);
  await v.follow(v.page.locator(`#q${number} a.row-link`));
}

export async function decides(scene) {
  const { room, server, t } = scene;
  const v = await room.visitor("moderator");
  await v.signIn(server.stops.moderator[0].email);
  await v.role("heading", t("home-title"), { level: 1 }).waitFor();
  await v.look("desk-home", { dark: true });
  await v.goto(`${EVENT}/triage`);
  await v.look("triage", { dark: true });

  // Search, then a filter, then all again.
  await v.page.getByRole("searchbox", { name: t("web:search") }).fill("정산");
  await v.press(t("filter-apply"));
  await v.look("triage-search", { glance: true });
  await v.page.locator("summary").filter({ hasText: t("board-filters") }).click();
  await v.page.getByRole("combobox", { name: t("filter-written") }).selectOption({ label: t("written-en") });
  await v.press(t("filter-apply"));
  // What is set stands in words, also where the filters are folded away.
  await v.page.locator("summary").getByText(t("written-en")).first().waitFor();
  await v.open(t("filter-clear"));

  await panel(scene, v);
  await pickTen(scene, v);
  await order(scene, v);
  await release(scene, v);
}

/// One question by itself: decided, taken back, declined with a reason.
async function panel(scene, v) {
  const { t } = scene;
  await v.follow(rowLinks(v).last());
  await v.look("question-panel", { dark: true });
  await v.press(t("do-decline-long"));
  await v.page.getByRole("alert").waitFor();
  await v.look("decline-refused");
  await v.box(t("decline-reason")).fill("이번 행사에서 다루는 서비스의 질문이 아니어서 담당 부서에 전했습니다.");
  await v.press(t("do-decline-long"));
  await v.look("declined", { glance: true });
}

/// The question's own words lead to it.
const rowLinks = (v) => v.page.getByRole("row").getByRole("cell").getByRole("link");
const rowButtons = (v, t, what) => v.page.getByRole("row").getByRole("button", { name: what });

async function pickTen(scene, v) {
  const { room, t } = scene;
  await v.goto(`${EVENT}/triage`);
  for (let n = 1; n <= 10; n += 1) {
    await v.follow(rowButtons(v, t, liveName(t)).nth(n === 1 ? 2 : 0));
    await v.told(liveTold(t));
  }
  await v.goto(`${EVENT}/triage`);
  await v.look("triage-ten-picked");
  // The eleventh has no place.
  await v.follow(rowButtons(v, t, liveName(t)).first());
  await v.page.getByText(t("refused-no-place", { n: 10 })).first().waitFor();
  await v.look("triage-eleventh", { glance: true });
  if (room.script) {
    await v.page.keyboard.press("?");
    await v.page.getByRole("dialog").waitFor();
    await v.look("triage-keys", { glance: true });
    await v.page.getByRole("dialog").getByRole("button").click();
  }
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const open = (text) => new RegExp(`^${escape(text).replace("NUMBER", "\\d+")}$`);
export const liveName = (t) => open(t("do-with-number", { what: t("do-live"), n: "NUMBER" }));
export const liveTold = (t) => new RegExp(escape(t("triage-live", { n: "NUMBER" })).replace("NUMBER", "\\d+"));

async function order(scene, v) {
  const { t } = scene;
  await v.goto(`${EVENT}/shortlist`);
  await v.look("shortlist", { dark: true });
  const second = open(t("move-up", { n: "NUMBER" }));
  const before = await v.page.getByRole("button", { name: second }).nth(1).getAttribute("aria-label");
  await v.follow(v.page.getByRole("button", { name: second }).nth(1));
  await v.told(t("shortlist-moved"));
  const after = await v.page.getByRole("button", { name: second }).first().getAttribute("aria-label");
  if (after !== before) scene.room.problem(`the second did not become the first: ${before}, ${after}`);
  const speakers = v.page.getByRole("combobox", { name: open(t("speaker-of", { n: "NUMBER" })) });
  for (let n = 0; n < 10; n += 1) await speakers.nth(n).selectOption({ index: 1 + (n % 3) });
  await v.press(t("shortlist-save"));
  await v.look("shortlist-ordered", { glance: true });
}

async function release(scene, v) {
  const { t } = scene;
  await v.goto(`${EVENT}/routing`);
  await v.look("routing-before", { glance: true });
  await v.follow(v.page.getByRole("button", { name: new RegExp(escape(t("route-rest", { n: 777 })).replace("777", "\\d+")) }));
  await v.look("routing", { dark: true });
  await v.follow(v.page.getByRole("button", { name: new RegExp(escape(t("release-all", { n: 777 })).replace("777", "\\d+")) }));
  await v.told(new RegExp(escape(t("triage-released-n", { n: 777 })).replace("777", "\\d+")));
  await v.look("released", { glance: true });
  await v.goto(`${EVENT}/triage?state=live`);
  await v.look("triage-live", { glance: true });
}
