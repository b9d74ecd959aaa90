/**
 * Documentation is written when somebody first asks for it: the library that writes it is a fifth of everything that a start would load,
 * and most starts are those of an instance that nobody reads.
 */
export type Swagger = typeof import('@nestjs/swagger');

type Decorator = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => void;

const waiting: ((swagger: Swagger) => void)[] = [];

/** Applies a decorator of the documentation library, on the day when it is loaded. */
export function documented(decoration: (swagger: Swagger) => unknown): ClassDecorator & MethodDecorator {
  const remember: Decorator = (target, key, descriptor) => {
    waiting.push((swagger) => (decoration(swagger) as Decorator)(target, key, descriptor));
  };
  return remember as ClassDecorator & MethodDecorator;
}

/** The operations of a controller or a handler belong to this chapter. */
export const Tags = (name: string): ClassDecorator & MethodDecorator => documented((swagger) => swagger.ApiTags(name));

/** Not part of the documented API. */
export const Undocumented = (): ClassDecorator & MethodDecorator => documented((swagger) => swagger.ApiExcludeController());

/** The library, with everything said by then about the controllers. */
export async function documentationLibrary(): Promise<Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const decorate of waiting.splice(0)) decorate(swagger);
  return swagger;
}
