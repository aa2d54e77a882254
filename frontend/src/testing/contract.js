import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

// Tests run in frontend/; the description lies beside it.
const description = JSON.parse(readFileSync('../openapi.json', 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(description, 'api');

const escape = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const pointer = (...parts) => `api#/${parts.map(escape).join('/')}`;

const templates = Object.keys(description.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
  isExact: !template.includes('{'),
}));

/** Return the description's own example of a schema. */
export const exampleOf = (name) => description.components.schemas[name].examples[0];

/** Return the described operation of a request, or throw. */
export function operationOf(method, path) {
  const fitting = templates.filter(({ pattern }) => pattern.test(path));
  const found = fitting.find(({ isExact }) => isExact) ?? fitting[0];
  const operation = found && description.paths[found.template][method.toLowerCase()];
  if (!operation) throw new Error(`openapi.json has no ${method} ${path}`);
  return { template: found.template, method: method.toLowerCase(), operation };
}

function mustFit(ref, value, what) {
  const validate = ajv.getSchema(ref) ?? ajv.compile({ $ref: ref });
  if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)}`);
}

const parametersIn = ({ operation, template }, place) =>
  [...(operation.parameters ?? []), ...(description.paths[template].parameters ?? [])].filter(
    (parameter) => parameter.in === place,
  );

function typed(text, schema) {
  const types = [schema.type, ...(schema.anyOf ?? []).map(({ type }) => type)];
  return types.includes('integer') || types.includes('number') ? Number(text) : text;
}

function checkQuery(found, search) {
  const described = parametersIn(found, 'query');
  for (const [name, value] of search) {
    const parameter = described.find((each) => each.name === name);
    if (!parameter) throw new Error(`${found.template} knows no ?${name}`);
    const validate = ajv.compile({ ...parameter.schema, components: description.components });
    if (!validate(typed(value, parameter.schema)))
      throw new Error(`?${name}=${value} does not fit`);
  }
}

function bodyOf(body) {
  if (!(body instanceof FormData)) return ['application/json', JSON.parse(body)];
  const fields = [...body].map(([name, value]) => [name, value instanceof Blob ? 'file' : value]);
  return ['multipart/form-data', Object.fromEntries(fields)];
}

function checkBody(found, body) {
  const { operation, template, method } = found;
  if (!body) {
    if (operation.requestBody?.required) throw new Error(`${template} wants a body`);
    return;
  }
  const [type, value] = bodyOf(body);
  if (!operation.requestBody?.content[type]) throw new Error(`${template} takes no ${type}`);
  const ref = pointer('paths', template, method, 'requestBody', 'content', type, 'schema');
  mustFit(ref, value, `body of ${method} ${template}`);
}

/** Throw unless a request is as openapi.json describes it; return its operation. */
export function checkRequest({ method, url, headers, body }) {
  const { pathname, searchParams } = new URL(url, 'http://site');
  const found = operationOf(method, pathname);
  checkQuery(found, searchParams);
  checkBody(found, body);
  const isOpen = Array.isArray(found.operation.security) && !found.operation.security.length;
  const wantsToken = (found.operation.security ?? description.security ?? []).length > 0;
  if (wantsToken && !isOpen && !headers.get('Authorization')) {
    throw new Error(`${method} ${pathname} wants a token`);
  }
  const takesKey = parametersIn(found, 'header').some(({ name }) => name === 'Idempotency-Key');
  if (takesKey && !headers.get('Idempotency-Key')) throw new Error(`${pathname} wants a key`);
  return found;
}

/** Throw unless an answer is one that openapi.json describes. */
export function checkAnswer({ template, method, operation }, status, body) {
  const answer = operation.responses[status];
  if (!answer) throw new Error(`${method} ${template} never answers ${status}`);
  if (body === undefined) return;
  const type = Object.keys(answer.content)[0];
  const ref = pointer(
    'paths',
    template,
    method,
    'responses',
    String(status),
    'content',
    type,
    'schema',
  );
  mustFit(ref, body, `answer ${status} of ${method} ${template}`);
}

// What React and the test library look for on anything they are given.
const ASKED_OF_ALL = new Set([
  'then',
  'toJSON',
  '$$typeof',
  'nodeType',
  'asymmetricMatch',
  'tagName',
]);

/** Return a value of which only what is there can be read: a field the API never gives throws. */
export function strict(value, where = 'answer') {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, name) {
      const isKnown = name in target || typeof name === 'symbol' || ASKED_OF_ALL.has(name);
      if (!isKnown && !Array.isArray(target)) throw new Error(`${where} has no field ${name}`);
      return strict(target[name], `${where}.${String(name)}`);
    },
  });
}
