// Asks the service of this container whether it is ready; the exit code is the answer.
const address = `http://127.0.0.1:${process.env.PORT}/health/ready`;
const answer = await fetch(address, { signal: AbortSignal.timeout(4_000) }).catch(({ message }) => ({
  ok: false,
  status: message,
}));
if (!answer.ok) console.error(`not ready: ${answer.status}`);
process.exitCode = answer.ok ? 0 : 1;
