// The style page: turns as the conversation draws them, in every state.

import { Scaffold } from "./scaffold.js";
import { TurnView } from "./turn_view.js";
import { Turns } from "./turns.js";

const turns = new Turns();
const base = { state: "done", begun: 1, move: "", verdict: "", read_as: "" };
const samples = [
  { ...base, text: "", reply: ["Here is one with **both** ideas. ", "Solve $3x + 5 = 20$."], move: "next" },
  { ...base, text: "x = 8", reply: ["Not yet. ", "Put $8$ back in for $x$: what does the left side come to?"], verdict: "incorrect", read_as: "x = 8" },
  { ...base, text: "x = 10/2", reply: ["That is the right value. ", "Can you write it as a whole number?"], verdict: "form", read_as: "x = \\frac{10}{2}" },
  { ...base, text: "((2x + 3", reply: ["A bracket stays open. ", "Nothing was counted."], verdict: "not_understood", read_as: "2x + 3" },
  { ...base, text: "Hint", reply: ["Undo the last thing first."], move: "hint" },
  { ...base, text: "I’m stuck", reply: ["Let us take a smaller step."], move: "scaffold" },
  { ...base, text: "x = 5", reply: ["Right. ", "You undid the addition first.\n\n$$x = \\frac{20 - 5}{3} = 5$$"], verdict: "correct", read_as: "x = 5", move: "confirm" },
  { ...base, text: "What does this mean?", reply: [], state: "working" },
  { ...base, text: "What now?", reply: [], state: "failed" },
];

const list = document.querySelector("[data-sample]");
samples.forEach((sample, index) => {
  const turn = turns.view({ turn: `sample-${index}`, number: index + 1, ...sample });
  if (turn.state === "working") turn.stage = "thinking";
  const view = new TurnView(turn);
  view.update(turn, { problem: null, onAgain: () => {}, resting: false });
  list.append(view.node);
  if (turn.move === "scaffold") {
    const question = { title: "First undo", text: "What is left after you take $5$ from both sides?", choices: [] };
    new Scaffold(() => {}).show(question, view, "", {});
  }
});

const kept = turns.say("kept", "3x = 15");
const view = new TurnView(kept);
view.update(kept, { problem: null, onAgain: () => {}, resting: true });
list.append(view.node);

document.querySelector("[data-still]").addEventListener("submit", (event) => event.preventDefault());
