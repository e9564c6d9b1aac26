/** Soufflé's reserved words (its scanner, versions 2.0 to 2.5): none of them can name anything. */
export const reservedWords: ReadonlySet<string> = new Set([
  ..."band bor bxor bnot bshl bshr bshru land lor lxor lnot".split(" "),
  ..."match contains true false nil as autoinc".split(" "),
  ..."count sum min max mean".split(" "),
  ..."cat ord range strlen substr to_float to_number to_string to_unsigned itou itof utoi utof ftoi ftou".split(" "),
  ..."input output printsize eqrel inline no_inline magic no_magic brie btree btree_delete overridable".split(" "),
  ..."stateful choice-domain debug_delta recursive_iteration_cnt __ITERATION__ __FILE__ __LINE__ __INCL__".split(" "),
]);

/** The words that are directives behind a dot. */
export const directiveWords: ReadonlySet<string> = new Set(
  [
    "decl type input output printsize limitsize pragma plan include once",
    "comp init override functor lattice number_type symbol_type",
  ].flatMap((line) => line.split(" ")),
);

/** Directives that are read here, for suggestions. */
export const knownDirectives: readonly string[] = "decl type input output printsize limitsize pragma plan include once".split(" ");
