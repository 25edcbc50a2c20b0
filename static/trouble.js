// Why a live view was turned away, in words and with what to do. The stream itself cannot say: a browser tells a page
// only that it failed. So the server is asked by a plain request, and this reads the answer.

const BY_ITSELF = "It is tried again by itself; nothing that happened is lost.";

/**
 * @param {{ report?: any, error?: { status: number, message: string } }} answer what `GET /api/diagnostics/sse/{id}` said, or how it failed
 * @returns {{ missing: boolean, problem: string | null }} no problem: there is nothing to say but that the server is not reached
 */
export function whyRefused({ report, error }) {
  if (error) {
    if (error.status === 404 || error.status === 422) return { missing: true, problem: null };
    if (error.status === 0) return { missing: false, problem: null };
    return { missing: false, problem: ofStatus(error) };
  }
  if (report?.status === "degraded") {
    return { missing: false, problem: `The server cannot work with its database just now: ${report.problem}. ${BY_ITSELF} If it stays so, whoever runs the server should look at the database.` };
  }
  return { missing: false, problem: `The server turned the live view away, though it says that it is well. ${BY_ITSELF}` };
}

/** @param {{ status: number, message: string }} error */
function ofStatus({ status, message }) {
  if (status === 503 || status === 429) return `The server has no room for this just now (${status}): ${ended(message)} ${BY_ITSELF}`;
  if (status >= 500) return `The server, or a proxy in front of it, answers with an error (${status}). ${BY_ITSELF} If it stays so, whoever runs the server finds the reason in its log.`;
  return `The server did not allow the live view (${status}): ${ended(message)}`;
}

/** @param {string} sentence */
const ended = (sentence) => /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
