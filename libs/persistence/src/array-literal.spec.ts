import { arrayLiteral } from './array-literal.ts';

describe('a list for PostgreSQL', () => {
  it('is empty, or holds numbers, texts and nulls', () => {
    expect(arrayLiteral([])).toBe('{}');
    expect(arrayLiteral([1, -2, 9007199254740991, null, undefined])).toBe('{1,-2,9007199254740991,NULL,NULL}');
    expect(arrayLiteral(['', 'a', 'NULL', 'a,b', '{c}', ' d '])).toBe('{"","a","NULL","a,b","{c}"," d "}');
  });

  it('keeps quotes, backslashes and line breaks apart from its own signs', () => {
    expect(arrayLiteral(['a"b', String.raw`c\d`, 'e\nf'])).toBe('{"a\\"b","c\\\\d","e\nf"}');
  });

  it('holds nothing that it could not write', () => {
    expect(() => arrayLiteral([{}])).toThrow('object');
    expect(() => arrayLiteral([true])).toThrow('boolean');
  });
});
