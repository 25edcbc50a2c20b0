// Taking something along: the link to a step, its text, or the log as a file or on the clipboard.

import { Problem, exportAddress } from "./api.js";
import { copyText } from "./clipboard.js";
import { ignoresVerbosity, isEmpty, queryOf } from "./filter.js";
import { stepHash } from "./route.js";
import { currentId, filter, held, notice, toast, verbosity } from "./store.js";
import { stepHolds, textOf } from "./step.js";

/** More than this is for a file, not for a clipboard. */
const COPY_MAX_BYTES = 5_000_000;

/** @param {string} text @param {string} done what is said of it then */
async function copy(text, done) {
  if (await copyText(text)) toast.value = { text: done, at: Date.now() };
  else notice.value = "The browser does not let this page use the clipboard.";
}

/** @param {number} seq */
export async function copyLink(seq) {
  if (currentId.value) await copy(location.href.split("#", 1)[0] + stepHash(currentId.value, seq), "Link copied");
}

/** @param {number} seq */
export async function copyStep(seq) {
  const steps = held.value.timeline.entries.flatMap((entry) => entry.type === "single" ? [entry.step] : entry.steps);
  const step = steps.find((one) => stepHolds(one, seq));
  if (step) await copy(textOf(step), "Text copied");
}

/** Where what is on the screen is to be had as a file: the whole log, or all that the filter lets through. @param {"jsonl" | "markdown"} format */
export function downloadAddress(format) {
  const query = isEmpty(filter.value) ? {} : queryOf(filter.value, Date.now(), ignoresVerbosity(filter.value) ? 3 : verbosity.value);
  return exportAddress(currentId.value ?? "", format, query);
}

/** The same on the clipboard, as people like to read it. */
export async function copyLog() {
  try {
    const response = await fetch(downloadAddress("markdown"));
    if (!response.ok) throw new Problem(response.status, `the server answered ${response.status}.`);
    const text = await upTo(response, COPY_MAX_BYTES);
    if (text === null) notice.value = "This is too much for the clipboard. Download it as a file instead.";
    else await copy(text, "Steps copied");
  } catch (error) {
    notice.value = error instanceof Problem ? `The steps could not be copied: ${error.message}` : "The steps could not be copied: the server cannot be reached.";
  }
}

/** The text of an answer, or null as soon as it turns out to be longer. @param {Response} response @param {number} max */
async function upTo(response, max) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    text += part.value;
    if (text.length <= max) continue;
    await reader?.cancel();
    return null;
  }
  return text;
}
