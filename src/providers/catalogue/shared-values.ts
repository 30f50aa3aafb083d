/**
 * One object for all values that are written alike: thousands of offers share some hundred capabilities and prices.
 * Whoever takes a value from here must never change it.
 */
export class SharedValues<Value> {
  private readonly values = new Map<string, Value>();

  /** The value of a text, made by `make` the first time that the text is seen. */
  of(text: string, make: () => Value): Value {
    const known = this.values.get(text);
    if (known !== undefined) return known;
    const made = make();
    this.values.set(text, made);
    return made;
  }
}
