// Questions where no widget can be, on a page or in a notebook, and how far the reader
// is.  They are what questions.py says, and follow rules.js and progress.js, which come
// before.  Answers are kept in this browser, as record.py describes, and go nowhere.
const start = () => {
  const KEY = "sgd-adam record";
  const redraw = [];  // functions: what is shown follows the record
  const blank = () => (
    {predictions: {}, quiz: {}, inventory: {}, votes: {}, came: {}});
  let record = blank(), trouble = "";
  record = read();

  // The record

  function read() {  // what cannot be read begins anew
    try { return {...blank(), ...JSON.parse(localStorage.getItem(KEY))}; }
    catch (error) {
      if (error.name == "SecurityError") trouble = say("closed");
      return record;
    }
  }

  function write() {
    try { localStorage.setItem(KEY, JSON.stringify(record)); }
    catch { trouble = say("closed"); }
    redraw.forEach(draw => draw());
  }

  function keep(part, name, fields) {  // undefined is nothing
    record = read();  // another page may have written
    const before = entryOf(part, name, fields.mark);
    record[part][name] = {...before, ...JSON.parse(JSON.stringify(fields))};
    write();
  }

  // What is kept under a name, if the question has not changed since.
  function entryOf(part, name, mark) {
    const entry = record[part][name] ?? {};
    return mark === undefined || entry.mark === mark ? entry : {};
  }

  function forget() {
    record = blank();
    redraw.forEach(draw => draw());
    for (const input of document.querySelectorAll(".asked input"))
      if (input.type == "radio") input.checked = false;
      else input.value = "";
    for (const key of Object.keys(localStorage))  // older versions had several
      if (key.startsWith(KEY)) localStorage.removeItem(key);
  }

  // Parts of a page

  // A line that follows the record.
  function follow(parent, sentence) {
    const line = add(parent, "p", "", {className: "reply", role: "status"});
    redraw.push(() => {
      const text = sentence();
      if (line.textContent != text) line.textContent = text;
      line.dataset.mark = text[0] ?? "";
    });
  }

  function radios(parent, legend, options, chosen, choose) {
    const group = add(parent, "fieldset");
    add(group, "legend", legend);
    const name = `asked-${radios.count = (radios.count ?? 0) + 1}`;
    for (const [text, value] of options) {
      const label = add(group, "label");
      const input = add(label, "input", "", {type: "radio", name, checked: value === chosen});
      label.append(` ${text}`);
      input.addEventListener("change", () => choose(value));
    }
    return group;
  }

  const pairs = options => options.map(option => [option, option]);

  // Predictions

  const facts = {};  // {question: {mark, within, outcome}}, as the page says
  const prediction = question => ({
    ...entryOf("predictions", question, facts[question]?.mark), ...facts[question]});

  function predict(place, {predict: question, options, within, sure}) {
    const mark = markOf(question, options, within);
    facts[question] = {...facts[question], mark, within};
    const {answer, sure: level} = prediction(question);
    const choose = fields => keep("predictions", question, {...facts[question], ...fields});
    place.id = `asked-${mark}`;
    if (options.length) {
      const choice = answer => choose({answer});
      const group = radios(place, question, pairs(options), answer, choice);
      if (place.closest(".reveal")) votes(group, question, options);
    } else {
      const label = add(place, "label", `${question} `, {className: "number"});
      const box = add(label, "input", "", {value: answer ?? "", inputMode: "decimal"});
      box.addEventListener("change", () => choose({answer: box.value}));
      follow(place, () => {
        const {answer} = prediction(question);
        return answer && positive(answer) === null
          ? say("not_number", {given: answer}) : "";
      });
    }
    radios(place, say("how_sure"), sure, level, sure => choose({sure})).className = "row";
  }

  function reveal(place, {reveal: question, outcome, came}) {
    facts[question] = {...facts[question], outcome};
    follow(place, () => verdict(prediction(question), came));
  }

  // Quizzes

  function quiz(place, {quiz: questions}) {
    const entries = questions.map(question => explained(place, ...question));
    if (entries.length > 1) follow(place, () => tally(entries.map(entry => entry())));
  }

  // The inventory of concepts: kept, and not judged

  function inventory(place, {inventory: form, when, mark, first, items}) {
    const answers = () =>
      entryOf("inventory", when, mark).answers ?? items.map(() => null);
    const fold = add(place, "details");
    add(fold, "summary", say("unfold", {count: items.length}));
    add(fold, "p", say("sitting"));
    add(fold, "p", first);
    items.forEach(([question, ...options], item) => {
      const choose = k => keep("inventory", when,
        {form, mark, answers: answers().map((old, at) => at === item ? k : old)});
      const choices = options.map((option, k) => [option, k]);
      radios(fold, `${item + 1}. ${question}`, choices, answers()[item], choose);
    });
    follow(fold, () => sheet(form, answers()));
  }

  // What is kept of a question of a quiz.
  function kept(question, options, right) {
    const mark = markOf(question, Object.keys(options), right);
    return {...entryOf("quiz", question, mark), mark, right};
  }

  // Asks a question, and returns a function for its entry.  One that returns is blank:
  // what was answered before is kept, and not shown.
  function explained(place, numbered, options, right, returns) {
    const question = numbered.replace(/^\d+\. /, "");
    const entry = () => kept(question, options, right);
    let shown = returns ? undefined : entry().answer;
    const choose = answer => {
      shown = answer;
      keep("quiz", question, {...entry(), first: entry().first ?? answer, answer});
    };
    const choices = pairs(Object.keys(options));
    radios(place, numbered, choices, shown, choose).id = `asked-${entry().mark}`;
    follow(place, () => shown in options ? reply(shown === right, options[shown]) : "");
    return entry;
  }

  // The questions that a kernel chose, as its text has them unfolded (questions.py).
  const unfolded = texts => [...texts.querySelectorAll("b")].map(title => {
    const options = {};
    let right, next = title.parentElement;
    while ((next = next.nextElementSibling)?.matches("details")) {
      const option = next.querySelector("summary").textContent;
      const words = next.querySelector("p").textContent;
      const mark = [say("right"), say("wrong")].find(mark => words.startsWith(mark));
      options[option] = words.slice(mark.length + 1);
      if (mark == say("right")) right = option;
    }
    return [title.textContent, options, right, true];
  });

  // Three questions of earlier quizzes: on a page of all, which are in QUIZZES, or those
  // that a kernel chose.
  function opening(place, {returning: before}, texts) {
    add(place, "p", say("returning"));
    if (!QUIZZES) return unfolded(texts).forEach(asked => explained(place, ...asked));
    const earlier = QUIZZES.slice(0, before - 1);
    const entries = earlier.map(quiz => quiz.map(asked => kept(...asked)));
    returning(entries).forEach(([quiz, k], at) => {
      const [question, ...rest] = earlier[quiz][k];
      explained(place, `${at + 1}. ${question}`, ...rest, true);
    });
  }

  // Votes by show of hands, on slides

  function votes(group, question, options) {
    const hands = option => record.votes[question]?.[option] ?? 0;
    const sum = () => options.reduce((all, option) => all + hands(option), 0);
    const placeholder = say("hands", {hands: ""}).replace(/[ :.]+$/, "");  // "Hands"
    group.querySelectorAll("label").forEach((label, k) => {
      const option = options[k], row = add(group, "div", "", {className: "vote"});
      row.append(label);
      const ariaLabel = say("hands_for", {option});
      const box = add(row, "input", "", {type: "number", min: 0, ariaLabel, placeholder});
      const share = add(row, "span");
      box.addEventListener("input", () => {
        keep("votes", question,
          {[option]: Math.max(0, Math.round(Number(box.value)) || 0)});
        keep("came", question, {outcome: facts[question].outcome});
      });
      box.addEventListener("keydown", ({key}) => {
        if (/Enter|Escape/.test(key)) box.blur();
      });
      redraw.push(() => {
        if (Number(box.value || 0) !== hands(option)) box.value = hands(option) || "";
        share.textContent = sum() ? `${Math.round(100 * hands(option) / sum())}%` : "";
      });
    });
    const foot = add(group, "p", "", {className: "vote"}), total = add(foot, "span");
    add(foot, "button", say("save")).addEventListener("click",
      () => save("votes", {votes: record.votes, came: record.came}));
    add(foot, "button", say("clear")).addEventListener("click", clear);
    redraw.push(() => {
      total.textContent = say("hands", {hands: sum()});
      if (foot.hidden !== !sum()) {
        foot.hidden = !sum();
        foot.dispatchEvent(new Event("toggle"));  // the slide is fitted anew
      }
    });
  }

  function save(name, data) {
    const file = new Blob([JSON.stringify(data, null, 1)]);
    const href = URL.createObjectURL(file), download = `${name}.json`;
    Object.assign(document.createElement("a"), {href, download}).click();
    URL.revokeObjectURL(href);
  }

  function clear() {
    if (!confirm(say("really_clear"))) return;
    Object.assign(record, {votes: {}, came: {}});
    write();
  }

  // How far the reader is

  function progress(place, {progress: course, link}) {
    place.classList.add("so-far");
    const line = add(place, "p", "", {className: "reply", role: "status", tabIndex: -1});
    const list = add(place, "div");
    redraw.push(() => {
      list.replaceChildren();
      if (trouble) add(list, "p", trouble);
      if (!Object.values(record).some(part => Object.keys(part).length))
        return add(list, "p", say("empty"));
      showProgress(add(list, "div"), course, record, link);
      const handed = add(list, "button", say("save_record"), {type: "button"});
      handed.addEventListener("click", () => save("my-record", record));
      list.append(" ");
      const button = add(list, "button", say("forget"), {type: "button"});
      button.addEventListener("click", () => {
        if (!confirm(say("really_forget"))) return;
        line.textContent = say("forgotten");
        line.focus();  // the button goes
        forget();
      });
    });
  }

  const kinds = {
    predict, reveal, quiz, inventory, progress, lines: putInOrder, returning: opening,
    score: (place, {score: questions}) => follow(place, () => score(questions.map(prediction))),
  };
  // In a notebook a text is left as it is while it is hidden: its widget is there.
  const ask = () => {
    for (const place of document.querySelectorAll("[data-asked]:not(.ready)")) {
      if (!QUIZZES && !place.checkVisibility({visibilityProperty: true})) continue;
      const data = JSON.parse(place.dataset.asked), texts = place.cloneNode(true);
      place.classList.add("ready");
      place.replaceChildren();
      for (const kind of Object.keys(kinds))
        if (kind in data) kinds[kind](place, data, texts);
    }
    redraw.forEach(draw => draw());
  };
  ask();
  window.sgdAdamAsk = ask;
  // By the standard a browser need not look for a place that is made as late as this.
  if (location.hash.startsWith("#asked-"))
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
};
if (document.readyState != "loading") start();
else addEventListener("DOMContentLoaded", start);
