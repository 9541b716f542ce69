// Questions to the server. Of each kind only the last one counts: an earlier one is given up, and its answer dropped.

const last = new Map();

export class Superseded extends Error {}

export async function ask(kind, texts) {
  last.get(kind)?.abort();
  const control = new AbortController();
  last.set(kind, control);
  try {
    const response = await fetch(`/api/${kind}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(texts),
      signal: control.signal,
    });
    const answer = await response.json().catch(() => ({}));
    if (last.get(kind) !== control) throw new Superseded();
    if (!response.ok) throw new Error(answer.error ?? `the server says ${response.status}`);
    return answer;
  } catch (error) {
    if (last.get(kind) !== control || error.name === "AbortError") throw new Superseded();
    throw error instanceof TypeError ? new Error("the server does not answer; is llmlint serve still running?") : error;
  }
}
