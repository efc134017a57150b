import css from "./noren.module.css";

/** 暖簾: the split curtain over an entrance. Decoration only. */
export function Noren() {
  return (
    <div className={css.noren} aria-hidden="true">
      <i />
      <i>玄</i>
      <i>関</i>
      <i />
    </div>
  );
}
