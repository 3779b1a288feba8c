/** As much of Vue 3 as docs/frontend.md uses: Vue is no dependency here. */
declare module 'vue' {
  export interface Ref<T> {
    value: T;
  }
  export function ref<T>(value: T): Ref<T>;
  export function computed<T>(getter: () => T): { readonly value: T };
  export function watch<T>(source: Ref<T>, listener: (value: T, before: T) => void): () => void;
  export function onMounted(hook: () => void | Promise<void>): void;
  export function onUnmounted(hook: () => void): void;
}

/** A macro of `<script setup>`. */
declare function defineProps<T>(): Readonly<T>;
