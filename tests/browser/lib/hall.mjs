// What a hall looks at: the operator's page, the screen, the one backstage and telephones, read as people read them.

const PATIENCE = 15_000;

/// Where on each page the position stands, and where what is asked.
const PLACES = {
  operator: ["#now p.cluster b", "#now p.pre"],
  screen: [".hall-number", ".hall-question"],
  backstage: ["#current-title", "section[aria-labelledby=current-title] .backstage-question"],
  telephone: ["#now-title .num", ".now-question"],
};

/// `3/10` and the question; both empty where nothing is shown.
async function reads({ page }, kind) {
  const [number, question] = await page.evaluate(
    (places) => places.map((place) => document.querySelector(place)?.textContent.replace(/\s+/g, " ").trim() ?? ""),
    PLACES[kind],
  );
  return { position: /\d+\/\d+/.exec(number)?.[0] ?? "", question };
}

const lost = ({ page }) => page.locator("[data-live-status]:visible").count();

export class Hall {
  /// All but the operators follow by themselves: nothing here reloads a page.
  constructor(room, operators, screens, backstages, telephones) {
    this.room = room;
    this.all = [
      ...operators.map((v) => [v, "operator"]), ...screens.map((v) => [v, "screen"]),
      ...backstages.map((v) => [v, "backstage"]), ...telephones.map((v) => [v, "telephone"]),
    ];
    this.telephones = telephones;
  }

  /// Waits until every page shows this position, or these words, and the same question, and says no longer that it lost its
  /// connection. `but` are those without one.
  async agree(expected, { but = [] } = {}) {
    const looked = this.all.filter(([v]) => !but.includes(v));
    const end = Date.now() + PATIENCE;
    for (;;) {
      const seen = await Promise.all(looked.map(async ([v, kind]) => ({ who: v.who, ...await reads(v, kind), lost: await lost(v) })));
      const question = seen[0].question;
      if (question && seen.every((one) => (one.position || one.question) === expected && one.question === question && !one.lost)) return question;
      if (Date.now() > end) throw new Error(`not all show ${expected}: ${JSON.stringify(seen)}`);
      await this.all[0][0].page.waitForTimeout(100);
    }
  }

  /// Waits until nothing is asked anywhere.
  async idle() {
    for (const [v, kind] of this.all.filter(([, kind]) => kind !== "operator" && kind !== "backstage")) {
      await v.page.locator(PLACES[kind][1]).waitFor({ state: "detached" });
    }
  }

  /// Waits until these say that their connection is lost, and still show the last that they knew.
  async areLost(visitors, expected) {
    for (const [v, kind] of this.all.filter(([v]) => visitors.includes(v))) {
      await v.page.locator("[data-live-status]:visible").waitFor();
      const { position } = await reads(v, kind);
      if (position !== expected) this.room.problem(`${v.who} lost its connection and shows ${position}, not ${expected}`);
    }
  }

  /// Waits until these words stand on every telephone.
  async told(text, telephones = this.telephones) {
    for (const phone of telephones) await phone.page.getByText(text, { exact: true }).first().waitFor();
  }
}
