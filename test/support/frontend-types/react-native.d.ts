/** As much of React Native as docs/frontend.md uses: it is no dependency here. */
declare module 'react-native' {
  import type { ComponentType, ReactNode } from 'react';

  interface ImageProps {
    readonly source: {
      readonly uri: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cache?: 'default' | 'reload' | 'force-cache' | 'only-if-cached';
    };
    readonly style?: { readonly width?: number | string; readonly aspectRatio?: number };
    readonly onLoad?: () => void;
    readonly onError?: () => void;
  }
  export const Image: ComponentType<ImageProps>;
  export const View: ComponentType<{ readonly children?: ReactNode }>;
  export const Text: ComponentType<{ readonly children?: ReactNode }>;
  export const Button: ComponentType<{ readonly title: string; readonly onPress: () => void }>;
  export const TextInput: ComponentType<{
    readonly value: string;
    readonly onChangeText: (text: string) => void;
    readonly autoCapitalize?: 'none' | 'sentences';
    readonly secureTextEntry?: boolean;
  }>;
  export function FlatList<T>(props: {
    readonly data: readonly T[];
    readonly keyExtractor: (item: T) => string;
    readonly renderItem: (info: { readonly item: T }) => ReactNode;
  }): ReactNode;
  export const Linking: { openURL(url: string): Promise<void> };
}
