import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The green of a court, from the ball's side of the net to the far one. */
const court: MantineColorsTuple = [
  '#e8f8f1',
  '#d3efe3',
  '#a6dfc8',
  '#74ceaa',
  '#48cf9f',
  '#2cb584',
  '#159a6c',
  '#0d8059',
  '#0c6b50',
  '#08513c',
];

/** Shapes and colours of the panel. Things one touches at the court are 48 px high: `app/global.css`. */
export const theme = createTheme({
  colors: { court },
  primaryColor: 'court',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", fontWeight: '650' },
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { centered: true } },
    Tooltip: { defaultProps: { openDelay: 400 } },
  },
});
