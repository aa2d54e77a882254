import { useRef, useState } from 'react';
import { sentenceOf } from 'lib/sentences.js';

function focusFirst(form, errors) {
  const names = Object.keys(errors);
  const first = [...form.querySelectorAll('[name]')].find(({ name }) => names.includes(name));
  first?.focus();
}

/**
 * Hold a form's values, its errors by field, and whether it is being sent.
 *
 * `check(values)` returns errors by field; `send(values)` may throw an `ApiError`, whose errors go
 * to their fields and the rest above the form. The first wrong field gets the focus. Values stay.
 */
export function useForm({ initial, check = () => ({}), send }) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState(null);
  const [isSending, setSending] = useState(false);
  const form = useRef(null);

  const show = (found, sentence = null) => {
    setErrors(found);
    setProblem(sentence);
    setTimeout(() => form.current && focusFirst(form.current, found));
  };

  const set = (name, value) => {
    setValues((before) => ({ ...before, [name]: value }));
    setErrors((before) => ({ ...before, [name]: undefined }));
  };

  const submit = async (event) => {
    event.preventDefault();
    if (isSending) return;
    const found = check(values);
    if (Object.keys(found).length) return show(found);
    setSending(true);
    show({});
    try {
      await send(values);
    } catch (error) {
      const named = error.byField ?? {};
      const placed = Object.keys(named).some((name) => name in values);
      show(named, placed ? null : sentenceOf(error));
    } finally {
      setSending(false);
    }
  };

  /** Return what a field of this name needs. */
  const field = (name) => ({
    name,
    value: values[name],
    error: errors[name],
    onChange: (event) => set(name, event.target.value),
  });

  return {
    values,
    setValues,
    set,
    field,
    problem,
    isSending,
    formProps: { ref: form, onSubmit: submit, noValidate: true },
  };
}
