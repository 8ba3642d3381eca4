// What is right, how far off it is, and what a reader is told of it: rules.py, function
// by function, for a page without a kernel.  SENTENCES come before (rules.script).

const fill = (text, fields) => text.replace(/\{(\w+)\}/g, (_, name) => fields[name]);
const say = (name, fields) => fill(SENTENCES[name], fields);

function positive(text) {
  const isNumber = /^\s*\+?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?\s*$/i.test(text);
  const number = isNumber ? Number(text) : 0;
  return 0 < number && number < Infinity ? number : null;
}

const short = (value, digits) => String(Number(value.toPrecision(digits)));
const isMade = ({answer, outcome}) =>
  typeof outcome == "number" ? positive(answer) !== null : answer != null;

function isRight(entry) {
  if (typeof entry.outcome != "number") return entry.answer === entry.outcome;
  return isMade(entry) && off(entry) <= (entry.within ?? 2);
}

function off({answer, outcome}) {
  const number = positive(answer);
  return Math.max(number / outcome, outcome / number);
}

const reply = (right, words) => `${say(right ? "right" : "wrong")} ${words}`;

function verdict(entry, came) {
  if (!isMade(entry)) return say("outcome", {came});
  const words = typeof entry.outcome == "string" ? say("verdict", {...entry, came})
    : say("verdict_number", {...entry, came, off: short(off(entry), 3)});
  return reply(isRight(entry), words);
}

function score(entries) {
  const made = entries.filter(isMade), right = made.filter(isRight).length;
  if (!made.length) return say("no_prediction");
  return say("score", {right, made: made.length}) + calibration(made);
}

function calibration(entries) {
  const judged = entries.filter(({sure}) => sure), right = judged.filter(isRight).length;
  if (!judged.length) return "";
  const expected = judged.reduce((sum, {sure}) => sum + sure, 0);
  const spread = Math.sqrt(judged.reduce((sum, {sure}) => sum + sure * (1 - sure), 0));
  const advice = Math.abs(right - expected) <= spread ? "well_judged"
    : right < expected ? "too_sure" : "surer";
  return say("calibration", {expected: short(expected, 2), spread: short(spread, 2), right,
    all: judged.length, advice: say(advice)});
}

function tally(entries) {
  const firsts = entries.filter(({first}) => first != null);
  const right = firsts.filter(({first, right}) => first === right).length;
  return say("tally", {done: firsts.length, all: entries.length, right});
}

function markOf(...asked) {  // FNV-1a, as in record.py
  let number = 2166136261;
  for (const letter of JSON.stringify(asked))
    number = Math.imul(number ^ letter.codePointAt(0), 16777619) >>> 0;
  return number.toString(16).padStart(8, "0");
}
