// The editor composes the conversation; a reader who never signed in reads it.

import { either } from "./partner.mjs";
import { EVENT } from "./triage.mjs";

const TITLE = "묻고 답한 하루";

export async function published(scene) {
  const { room, t } = scene;
  const v = await room.visitor("editor");
  await v.goto(`${EVENT}/article`);
  await v.look("articles");
  await v.press(t("articles-create"));
  await v.told(t("article-created"));
  await v.look("article-edit", { dark: true });
  await v.box(t("publishing:field-title")).first().fill(TITLE);
  await v.box(new RegExp(`^${t("field-standfirst")}`)).fill("파트너 쉰 분이 묻고, 무대와 크루가 답했습니다.");
  await v.box(new RegExp(`^${t("compose-markdown")}`)).fill("한 해 동안 쌓인 질문을 **한자리에서** 나누었습니다.\n\n# 무대에서");
  await v.box(new RegExp(`^${t("publishing:field-keywords")}`)).fill("정산, 예약");
  const first = v.page.locator("[data-kind=exchange]").first();
  await first.locator("summary").first().click();
  await first.getByRole("textbox").first().fill("정산은 언제 하나요");
  await v.follow(v.page.getByRole("button", { name: new RegExp(`^${t("article-down")}`) }).first());
  await v.follow(v.page.getByRole("button", { name: new RegExp(`^${t("article-up")}`) }).last());
  await v.page.locator("summary", { hasText: t("compose-add-quote") }).first().click();
  await v.look("article-edit-more", { glance: true });
  await v.press(t("article-preview"));
  await v.role("heading", TITLE).waitFor();
  await v.look("preview", { lang: null, dark: true });
  // The article speaks its own language, also about itself.
  await v.follow(v.page.getByRole("link", { name: either("article-preview-back") }));
  await v.press(t("compose-to-approvals"));
  await v.look("approvals");
  // By telephone, as far as this story goes; compose.mjs asks by mail.
  for (;;) {
    const note = v.page.getByRole("button", { name: new RegExp(`^${t("approvals-note")}`) }).first();
    if (!(await note.count())) break;
    await v.follow(note);
  }
  await v.open(t("article-preview-back"));
  await v.press(t("article-publish"));
  await v.told(t("publishing:article-published"));
  await v.look("article-published");

  const reader = await room.visitor("reader");
  await reader.goto("/");
  await reader.look("front", { dark: true });
  await reader.open(TITLE);
  await reader.role("heading", TITLE).waitFor();
  await reader.reads("무대에서 이렇게 답했습니다");
  await reader.reads("등록 화면이 두 곳이라");
  await reader.look("article", { lang: null, dark: true });
  await reader.goto(`${scene.server.stops.reader[0].path}`);
  await reader.look("article-of-last-year", { lang: null, dark: true });
}
