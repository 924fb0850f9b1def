import type { BuiltIn } from './convertors.js';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** What a name in a pattern is made of. */
type NameChar =
  | 'a'
  | 'b'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'h'
  | 'i'
  | 'j'
  | 'k'
  | 'l'
  | 'm'
  | 'n'
  | 'o'
  | 'p'
  | 'q'
  | 'r'
  | 's'
  | 't'
  | 'u'
  | 'v'
  | 'w'
  | 'x'
  | 'y'
  | 'z'
  | 'A'
  | 'B'
  | 'C'
  | 'D'
  | 'E'
  | 'F'
  | 'G'
  | 'H'
  | 'I'
  | 'J'
  | 'K'
  | 'L'
  | 'M'
  | 'N'
  | 'O'
  | 'P'
  | 'Q'
  | 'R'
  | 'S'
  | 'T'
  | 'U'
  | 'V'
  | 'W'
  | 'X'
  | 'Y'
  | 'Z'
  | Digit
  | '_'
  | '$';

/** One parameter of a pattern: its name, what is in its parentheses (`undefined` if it has none), and whether it may be missing. */
interface Param<Name extends string, Source, Optional extends boolean> {
  name: Name;
  source: Source;
  optional: Optional;
}

/** The parameters of a pattern as a union of `Param`. `Found` are those found so far. */
type ParamsOf<P extends string, Found = never> = P extends `${infer Before}\\${infer After}`
  ? HasSign<Before> extends true
    ? Scan<P, Found>
    : After extends `${string}${infer Rest}`
      ? ParamsOf<Rest, Found>
      : Found
  : Scan<P, Found>;

type HasSign<Text extends string> = Text extends `${string}:${string}` | `${string}*${string}` ? true : false;

/** Goes to the first `:` or `*`, of which there is one before any backslash outside parentheses. */
type Scan<P extends string, Found> = P extends `${infer Before}:${infer After}`
  ? Before extends `${string}*${infer Rest}`
    ? Found | Rests<`${Rest}:${After}`>
    : Named<After, '', Found>
  : P extends `${string}*${infer Rest}`
    ? Found | Rests<Rest>
    : Found;

type Rests<Text extends string> = Param<Text extends '' ? '*' : Text, 'path', false>;

type Named<Text extends string, Name extends string, Found> = Text extends `${infer Char}${infer Rest}`
  ? Char extends NameChar
    ? Named<Rest, `${Name}${Char}`, Found>
    : Char extends '('
      ? Group<Rest, Name, Found>
      : Char extends '?'
        ? Found | Param<Name, undefined, true>
        : ParamsOf<Text, Found | Param<Name, undefined, false>>
  : Found | Param<Name, undefined, false>;

/** Reads what is in parentheses: at one go where nothing in it is nested or escaped. */
type Group<Text extends string, Name extends string, Found> = Text extends `${infer Inside})${infer After}`
  ? Inside extends `${string}${'(' | '\\' | '['}${string}`
    ? GroupByChar<Text, '', '', Name, Found>
    : AfterGroup<After, Param<Name, Inside, false>, Found>
  : Found;

/** Reads it character by character; `Open` has one character for each parenthesis that is open inside. */
type GroupByChar<
  Text extends string,
  Source extends string,
  Open extends string,
  Name extends string,
  Found,
> = Text extends `\\${infer Escaped}${infer Rest}`
  ? GroupByChar<Rest, `${Source}\\${Escaped}`, Open, Name, Found>
  : Text extends `[${infer Rest}`
    ? ClassByChar<Rest, `${Source}[`, Open, Name, Found>
    : Text extends `(${infer Rest}`
      ? GroupByChar<Rest, `${Source}(`, `(${Open}`, Name, Found>
      : Text extends `)${infer Rest}`
        ? Open extends `(${infer Others}`
          ? GroupByChar<Rest, `${Source})`, Others, Name, Found>
          : AfterGroup<Rest, Param<Name, Source, false>, Found>
        : Text extends `${infer Char}${infer Rest}`
          ? GroupByChar<Rest, `${Source}${Char}`, Open, Name, Found>
          : Found;

type ClassByChar<
  Text extends string,
  Source extends string,
  Open extends string,
  Name extends string,
  Found,
> = Text extends `\\${infer Escaped}${infer Rest}`
  ? ClassByChar<Rest, `${Source}\\${Escaped}`, Open, Name, Found>
  : Text extends `]${infer Rest}`
    ? GroupByChar<Rest, `${Source}]`, Open, Name, Found>
    : Text extends `${infer Char}${infer Rest}`
      ? ClassByChar<Rest, `${Source}${Char}`, Open, Name, Found>
      : Found;

type AfterGroup<Text extends string, P extends Param<string, string, boolean>, Found> = Text extends '?'
  ? Found | Param<P['name'], P['source'], true>
  : Text extends ''
    ? Found | P
    : ParamsOf<Text, Found | P>;

/** Whether a text is a bare word, and so the name of a convertor. */
type IsWord<Text extends string> = Text extends `${Digit}${string}` | `${string}$${string}`
  ? false
  : IsName<Text>;

type IsName<Text extends string> = Text extends `${infer Char}${infer Rest}`
  ? Char extends NameChar
    ? Rest extends ''
      ? true
      : IsName<Rest>
    : false
  : false;

type ValueOf<Source, C> = Source extends string ? (Source extends keyof C ? C[Source] : string) : string;

type RequiredParams<Ps, C> = {
  [P in Ps as P extends Param<infer Name, unknown, false> ? Name : never]: P extends Param<
    string,
    infer Source,
    false
  >
    ? ValueOf<Source, C>
    : never;
};

type OptionalParams<Ps, C> = {
  [P in Ps as P extends Param<infer Name, unknown, true> ? Name : never]?: P extends Param<
    string,
    infer Source,
    true
  >
    ? ValueOf<Source, C>
    : never;
};

/** One object type, which editors and errors show by its keys: `{ id: string }`. */
type Shown<T> = T extends infer Whole ? { [Key in keyof Whole]: Whole[Key] } : never;

/** What the parameters of a pattern may be that is not known when the program is compiled. */
export type UnknownParams<C = BuiltIn> = Readonly<Record<string, string | C[keyof C] | undefined>>;

/**
 * The type of the parameters that a pattern captures. `C` says what its convertors give: `BuiltIn`, or the
 * `ConvertorTypes` of one's own. A text that is only known as `string` has `UnknownParams`.
 *
 * @example
 * ```ts
 * import type { PathParams } from '@pullo/router';
 *
 * const params: PathParams<'/shops/:shop(int)/:page?'> = { shop: 7 };
 * ```
 */
export type PathParams<P extends string, C = BuiltIn> = string extends P
  ? UnknownParams<C>
  : ParamsObject<ParamsOf<P>, C>;

type ParamsObject<Ps, C> = true extends (Ps extends Param<string, unknown, true> ? true : never)
  ? Shown<RequiredParams<Ps, C> & OptionalParams<Ps, C>>
  : Shown<RequiredParams<Ps, C>>;

/** The words in a pattern's parentheses that no convertor has as its name. */
export type UnknownConvertor<P extends string, C = BuiltIn> =
  ParamsOf<P> extends infer Ps
    ? Ps extends Param<string, infer Source extends string, boolean>
      ? Source extends keyof C
        ? never
        : IsWord<Source> extends true
          ? Source
          : never
      : never
    : never;

/** `P` itself, or, if one of its convertors is unknown, a text that says so. */
export type KnownPattern<P extends string, C = BuiltIn> = [UnknownConvertor<P, C>] extends [never]
  ? P
  : `Unknown convertor "${UnknownConvertor<P, C>}"`;

/** `KnownPattern` of each of several patterns. */
export type KnownPatterns<Patterns, C = BuiltIn> = {
  readonly [Name in keyof Patterns]: Patterns[Name] extends string ? KnownPattern<Patterns[Name], C> : string;
};
