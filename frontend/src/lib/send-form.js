/**
 * Send a form as fetch would, and tell how much of it is sent: fetch cannot.
 *
 * `onSent(share)` hears 0 to 1. Rejects as fetch does: a TypeError where there is no way, the
 * signal's own reason where it was stopped.
 */
export function sendForm(url, { method, headers, body, signal, onSent }) {
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    const stop = () => {
      request.abort();
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', stop);
    request.onloadend = () => signal.removeEventListener('abort', stop);
    request.onload = () => resolve(responseOf(request));
    request.onerror = () => reject(new TypeError('There is no way to the site.'));
    request.upload.onprogress = ({ loaded, total }) => total && onSent(loaded / total);
    request.open(method, url);
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.send(body);
    return undefined;
  });
}

function responseOf(request) {
  const { status } = request;
  const lines = request.getAllResponseHeaders().trim().split('\r\n').filter(Boolean);
  const headers = lines.map((line) => line.split(/:\s*(.*)/s).slice(0, 2));
  const hasBody = status !== 204 && status !== 304;
  return new Response(hasBody ? request.responseText : null, { status, headers });
}
