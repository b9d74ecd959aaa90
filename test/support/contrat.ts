import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer } from './instance.js';

// oxlint-disable-next-line typescript/no-explicit-any -- a document is walked as it comes
type Json = any;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Holds answers against the OpenAPI document: each must have a documented status and content type, and a body that its schema
 * accepts. An object may have no property that is not documented, so that a forgotten field is a fault too.
 */
export class Contrat {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  /** What has been answered so far: `POST /api/v1/membres 201`. */
  readonly vus = new Set<string>();

  constructor(private readonly document: Json) {
    this.ajv.addSchema(closed(document), 'document');
  }

  /** `METHOD path` of every operation. */
  get operations(): string[] {
    return Object.entries<Json>(this.document.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => METHODS.includes(key))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  /** The refusals that an operation may answer because of what was asked: neither the machine's troubles nor its limits. */
  refusals(operation: string): string[] {
    const [method = '', path = ''] = operation.split(' ');
    return Object.keys(this.document.paths[path][method.toLowerCase()].responses).filter((status) => /^4(?!29)/.test(status));
  }

  /** What is wrong with `answer` as an answer of `operation`. */
  faults(operation: string, { status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>): string[] {
    const [method = '', path = ''] = operation.split(' ');
    this.vus.add(`${operation} ${status}`);
    const response = this.document.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (response === undefined) return [`${operation}: ${status} is not documented (${JSON.stringify(body)})`];
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (response.content === undefined) return body === '' ? [] : [`${operation} ${status}: a body that is not documented`];
    if (response.content[type] === undefined) return [`${operation} ${status}: ${type} is not documented`];
    if (type === 'text/event-stream') return [];
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'].map(pointer).join('/');
    const check = this.ajv.getSchema(`document#/${place}`);
    if (check === undefined) return [`${operation} ${status}: no schema`];
    void check(body);
    const shape = (check.errors ?? []).map(
      (one) => `${operation} ${status} ${one.instancePath}: ${one.message} ${JSON.stringify(one.params)}`,
    );
    return status >= 400 && response.content[type].examples[body.code] === undefined
      ? [...shape, `${operation} ${status}: the refusal ${body.code} is not documented`]
      : shape;
  }
}

function pointer(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The document with every described object closed to what is not described. */
function closed(node: Json): Json {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'examples' ? value : closed(value)]));
  return copy['type'] === 'object' && 'properties' in copy ? { additionalProperties: false, ...copy } : copy;
}
