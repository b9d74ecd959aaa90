/** `target` with some of its methods replaced; the others are its own. */
export function intercept<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(name in methods ? methods : target) : value;
    },
  });
}
