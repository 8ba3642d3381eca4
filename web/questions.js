// Questions on a page without a kernel, and the way through the course.  What is said is
// what classroom/questions.py and classroom/progress.py say.  Answers are kept in this browser, as
// classroom/record.py describes, and go nowhere.
addEventListener("DOMContentLoaded", () => {
  const inPageLanguage = text => Object.fromEntries(Object.entries(text).map(
    ([name, said]) => [name, globalThis.SENTENCES?.[said] ?? said]));
  // In English; on a page in another language SENTENCES has each of them in that one.
  const TEXT = inPageLanguage({
    right: "✓ Right:", wrong: "✗ Not quite:",
    notNumber: "'{given}' is no positive number: write 0.02 or 2e-2.",
    howSure: "How sure?",
    theAnswer: "The answer is {came}.",
    youSaid: "{mark} you said {answer}; it was {came}.",
    youSaidNumber: "{mark} you said {answer}; it was {came}, off by a factor of {off}.",
    tooSure: "you are too sure", surer: "you can be surer", judged: "well judged",
    calibration: " As sure as you were, {expected} ± {spread} of {all} should come true; "
      + "{right} did: {advice}.",
    none: "You made no prediction. Make one: this line follows.",
    score: "Predictions right: {right} of {made}.",
    tally: "{done} of {all} answered, {right} right at once.",
    hands: "Hands for {option}", total: "Hands: {hands}. ",
    save: "Save the votes", clear: "Clear the votes",
    reallyClear: "Clear the votes on all slides? Save them first.",
    empty: "Nothing is kept yet. Begin with 00: predict, move the sliders, look; answer "
      + "the quiz at the end of each notebook. What you answer is counted here.",
    done: "done", open: "open", fresh: "not begun",
    predictions: "{made} of {there} predictions", quiz: "{made} of {there} quiz questions",
    exercises: "{there} exercises, for a notebook that runs",
    sure: "Over the whole course: {sure}% sure, {right}% right.",
    again: "Look again at:", changed: "changed since you answered",
    whyPredictions: "you said {answer}; it was {outcome}", whyQuiz: "you said {answer}",
    gone: "Kept, though the course no longer asks it: {names}.",
    forget: "Forget all", forgotten: "All is forgotten.",
    reallyForget: "Forget all that you answered in this browser?",
    broken: "Your record could not be read in full: what could be read is kept, and the "
      + "record as it was is kept aside.",
    closed: "This browser keeps nothing of what you answer.",
  });
  const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
  const KEY = "sgd-adam record", PARTS = ["predictions", "quiz", "votes"];
  const asked = {}, redraw = [];  // {question: {mark, outcome, within}}
  let trouble = "", record = read();

  // The record

  function read() {
    const found = Object.fromEntries(PARTS.map(part => [part, {}]));
    let text = null, whole = true;
    try { text = localStorage.getItem(KEY); } catch { trouble = TEXT.closed; }
    try {
      for (const [part, entries] of Object.entries(JSON.parse(text) ?? {}))
        for (const [name, entry] of Object.entries(entries ?? {}))
          if (part in found && Object(entry) === entry) found[part][name] = entry;
          else whole = false;
    } catch { whole = false; }
    if (whole) return found;
    write(text, `${KEY}, broken, ${Date.now()}`);
    write(JSON.stringify(found));
    trouble ||= TEXT.broken;
    return found;
  }

  function write(text, key = KEY) {
    try { localStorage.setItem(key, text); } catch { trouble = TEXT.closed; }
  }

  function keep(part, name, fields) {  // undefined is nothing
    record = read();  // another page may have written
    const kept = entry(part, name, fields.mark);
    record[part][name] = {...kept, ...JSON.parse(JSON.stringify(fields))};
    write(JSON.stringify(record));
    redraw.forEach(draw => draw());
  }

  // What is kept under a name, if the question has not changed since.
  function entry(part, name, mark) {
    const kept = record[part][name] ?? {};
    return mark === undefined || kept.mark === mark ? kept : {};
  }

  function forget() {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(KEY)) localStorage.removeItem(key);
    record = read();
  }

  function markOf(...parts) {  // FNV-1a, as in classroom/record.py
    let number = 2166136261;
    for (const letter of JSON.stringify(parts))
      number = Math.imul(number ^ letter.codePointAt(0), 16777619) >>> 0;
    return number.toString(16).padStart(8, "0");
  }

  // Parts of a page

  function add(parent, tag, text = "", properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function reply(parent, say) {
    const said = add(parent, "p", "", {className: "reply"});
    said.setAttribute("role", "status");
    redraw.push(() => {
      const text = say();
      if (said.textContent != text) said.textContent = text;
      said.dataset.mark = text[0] ?? "";
    });
  }

  function radios(parent, legend, options, chosen, choose) {
    const group = add(parent, "fieldset");
    add(group, "legend", legend);
    const name = `asked-${radios.count = (radios.count ?? 0) + 1}`;
    for (const [text, value] of options) {
      const label = add(group, "label");
      const input = add(label, "input", "", {type: "radio", name, checked: value === chosen});
      label.append(" " + text);
      input.addEventListener("change", () => choose(value));
    }
    return group;
  }

  // Predictions

  const number = text => 0 < Number(text) && Number(text) < Infinity ? Number(text) : null;
  const factor = (a, b) => Math.max(a / b, b / a);
  const short = (value, digits) => String(Number(value.toPrecision(digits)));

  function judge({answer, sure, outcome, within = 2}) {
    const given = typeof outcome == "number" ? number(answer) : answer ?? null;
    const off = typeof outcome == "number" && given ? factor(given, outcome) : null;
    return {answer, given, sure, off, right: off === null ? given === outcome : off <= within};
  }

  function made(question) {
    const {mark, outcome, within} = asked[question] ?? {};
    return judge({...entry("predictions", question, mark), outcome, within});
  }

  function predict(place, {predict: question, options, within, sure}) {
    const mark = markOf(question, options, within);
    asked[question] = {...asked[question], mark, within};
    const {answer, sure: level} = entry("predictions", question, mark);
    const choose = fields => keep("predictions", question,
      {mark, within, outcome: asked[question].outcome, ...fields});
    place.id = `asked-${mark}`;
    if (options.length) {
      const pairs = options.map(option => [option, option]);
      const group = radios(place, question, pairs, answer, answer => choose({answer}));
      if (place.closest(".reveal")) votes(group, question, options);
    } else {
      const label = add(place, "label", question + " ", {className: "number"});
      const box = add(label, "input", "", {value: answer ?? "", inputMode: "decimal"});
      box.addEventListener("change", () => choose({answer: box.value}));
      reply(place, () => {
        const given = entry("predictions", question, mark).answer;
        return given && number(given) === null ? fill(TEXT.notNumber, {given}) : "";
      });
    }
    radios(place, TEXT.howSure, sure, level, sure => choose({sure})).className = "row";
  }

  function reveal(place, {reveal: question, outcome, came}) {
    asked[question] = {...asked[question], outcome};
    reply(place, () => {
      const {answer, given, off, right} = made(question);
      if (given === null) return fill(TEXT.theAnswer, {came});
      const fields = {mark: right ? TEXT.right : TEXT.wrong, answer, came};
      return off === null ? fill(TEXT.youSaid, fields)
        : fill(TEXT.youSaidNumber, {...fields, off: short(off, 3)});
    });
  }

  function calibration(judged) {
    if (!judged.length) return "";
    const right = judged.filter(one => one.right).length;
    const expected = judged.reduce((sum, {sure}) => sum + sure, 0);
    const spread = Math.sqrt(judged.reduce((sum, {sure}) => sum + sure * (1 - sure), 0));
    const advice = Math.abs(right - expected) <= spread ? TEXT.judged
      : right < expected ? TEXT.tooSure : TEXT.surer;
    return fill(TEXT.calibration, {expected: short(expected, 2), spread: short(spread, 2),
      all: judged.length, right, advice});
  }

  function score(place, {score: questions}) {
    reply(place, () => {
      const all = questions.map(made).filter(one => one.given !== null);
      if (!all.length) return TEXT.none;
      const right = all.filter(one => one.right).length;
      return fill(TEXT.score, {right, made: all.length}) + calibration(all.filter(one => one.sure));
    });
  }

  // Votes by show of hands, on slides

  function votes(group, question, options) {
    const cast = () => record.votes[question] ?? {};
    const sum = () => options.reduce((all, option) => all + (cast()[option] ?? 0), 0);
    group.querySelectorAll("label").forEach((label, k) => {
      const option = options[k], row = add(group, "div", "", {className: "vote"});
      const box = document.createElement("input");
      Object.assign(box, {type: "number", min: 0});
      box.setAttribute("aria-label", fill(TEXT.hands, {option}));
      row.append(label, box);
      const share = add(row, "span");
      box.addEventListener("input", () => keep("votes", question,
        {[option]: Math.max(0, Math.round(Number(box.value)) || 0)}));
      box.addEventListener("keydown", ({key}) => {  // a clicker, or Enter, goes on
        if (/Enter|Escape|Page/.test(key)) box.blur();
      });
      redraw.push(() => {
        const hands = cast()[option];
        if (Number(box.value || 0) !== (hands ?? 0)) box.value = hands ?? "";
        share.textContent = sum() ? `${Math.round(100 * (hands ?? 0) / sum())}%` : "";
      });
    });
    const below = add(group, "p", "", {className: "vote"}), total = add(below, "span");
    add(below, "button", TEXT.save).addEventListener("click", () => {
      const file = new Blob([JSON.stringify({votes: record.votes}, null, 1)]);
      const link = Object.assign(document.createElement("a"),
        {href: URL.createObjectURL(file), download: "votes.json"});
      link.click();
      URL.revokeObjectURL(link.href);
    });
    add(below, "button", TEXT.clear).addEventListener("click", () => {
      if (!confirm(TEXT.reallyClear)) return;
      record.votes = {};
      write(JSON.stringify(record));
      redraw.forEach(draw => draw());
    });
    redraw.push(() => {
      total.textContent = fill(TEXT.total, {hands: sum()});
      if (below.hidden !== !sum()) {
        below.hidden = !sum();
        below.dispatchEvent(new Event("toggle"));  // the slide is fitted anew
      }
    });
  }

  // Quizzes

  const unnumbered = question => question.replace(/^\d+\. /, "");

  function quiz(place, {quiz: questions}) {
    const parts = questions.map(([question, options, right]) => {
      const key = unnumbered(question), mark = markOf(key, Object.keys(options), right);
      const kept = () => entry("quiz", key, mark);
      const pairs = Object.keys(options).map(option => [option, option]);
      radios(place, question, pairs, kept().answer, answer =>
        keep("quiz", key, {mark, right, first: kept().first ?? answer, answer})
      ).id = `asked-${mark}`;
      reply(place, () => {
        const chosen = kept().answer;
        return chosen in options
          ? `${chosen === right ? TEXT.right : TEXT.wrong} ${options[chosen]}` : "";
      });
      return {kept, right};
    });
    reply(place, () => {
      const done = parts.filter(({kept}) => kept().first !== undefined);
      const right = done.filter(({kept, right}) => kept().first === right).length;
      return fill(TEXT.tally, {done: done.length, all: questions.length, right});
    });
  }

  // The way through the course

  const WHY = {
    predictions: kept => kept.outcome === undefined || judge(kept).right ? ""
      : fill(TEXT.whyPredictions, {answer: kept.answer,
        outcome: typeof kept.outcome == "number" ? short(kept.outcome, 4) : kept.outcome}),
    quiz: kept => kept.answer === kept.right ? "" : fill(TEXT.whyQuiz, kept),
  };

  // How far a notebook is, and [[mark, name, why to look again], ...].
  function look(notebook) {
    const again = [], counts = [];
    let there = 0, done = 0;
    for (const part of ["predictions", "quiz"]) {
      let made = 0;
      const names = Object.entries(notebook[part]);
      for (const [name, {mark}] of names) {
        const kept = record[part][name];
        if (kept?.answer === undefined) continue;
        const changed = kept.mark !== mark;
        const why = changed ? TEXT.changed : WHY[part](kept);
        if (!changed) made += 1;
        if (why) again.push([mark, name, why]);
      }
      if (names.length) counts.push(fill(TEXT[part], {made, there: names.length}));
      [there, done] = [there + names.length, done + made];
    }
    const more = Object.keys(notebook.exercises).length;
    if (more) counts.push(fill(TEXT.exercises, {there: more}));
    const state = done == there ? "done" : done || again.length ? "open" : "fresh";
    return [`${TEXT[state]}: ${counts.join(", ")}`, again];
  }

  function sureAndRight() {
    const judged = Object.values(record.predictions)
      .filter(kept => kept.sure && kept.outcome !== undefined).map(judge)
      .filter(one => one.given !== null);
    if (!judged.length) return "";
    const part = value => Math.round(100 * judged.reduce((sum, one) => sum + value(one), 0)
      / judged.length);
    return fill(TEXT.sure, {sure: part(one => one.sure), right: part(one => +one.right)})
      + calibration(judged);
  }

  function way(place, {way: course, base}) {
    place.classList.add("way");
    const said = add(place, "p", "", {className: "reply", tabIndex: -1});
    said.setAttribute("role", "status");
    const shown = add(place, "div");
    redraw.push(() => {
      shown.replaceChildren();
      if (trouble) add(shown, "p", trouble);
      const isEmpty = !PARTS.some(part => Object.keys(record[part]).length);
      if (isEmpty) return add(shown, "p", TEXT.empty);
      const list = add(shown, "ul"), names = [];
      for (const notebook of course) {
        const page = `${base}${notebook.file}.html`, [how, again] = look(notebook);
        const item = add(list, "li", notebook.file.slice(0, 2) + " ");
        add(item, "a", notebook.title, {href: page});
        item.append(` – ${how}`);
        if (again.length) add(item, "div", TEXT.again);
        const below = again.length ? add(item, "ul") : null;
        for (const [mark, name, why] of again) {
          const line = add(below, "li");
          add(line, "a", name, {href: `${page}#asked-${mark}`});
          line.append(`: ${why}`);
        }
      }
      for (const part of ["predictions", "quiz"])
        names.push(...Object.keys(record[part]).filter(
          name => !course.some(notebook => name in notebook[part])));
      for (const text of [sureAndRight(), names.length
          ? fill(TEXT.gone, {names: names.join("; ")}) : ""]) if (text) add(shown, "p", text);
      add(shown, "button", TEXT.forget, {type: "button"}).addEventListener("click", () => {
        if (!confirm(TEXT.reallyForget)) return;
        forget();
        said.textContent = TEXT.forgotten;
        said.focus();  // the button goes
        redraw.forEach(draw => draw());
        for (const input of document.querySelectorAll(".asked input"))
          if (input.type == "radio") input.checked = false;
          else input.value = "";
      });
    });
  }

  const kinds = {predict, reveal, score, quiz, way};
  for (const place of document.querySelectorAll("[data-asked]")) {
    const data = JSON.parse(place.dataset.asked);
    place.replaceChildren();
    Object.keys(kinds).filter(kind => kind in data).forEach(kind => kinds[kind](place, data));
  }
  redraw.forEach(draw => draw());
  // By the standard a browser need not look for a place that is made as late as this.
  if (location.hash.startsWith("#asked-"))
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
