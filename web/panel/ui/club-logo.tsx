import type { Schemas } from '../api/client';

/** Where a club's logo is; another one has another address, so that no old one is shown. `null`: it has none. */
export function logoUrl({ id, logo_at }: Pick<Schemas['ClubView'], 'id' | 'logo_at'>): string | null {
  return logo_at === null ? null : `/api/clubs/${id}/logo?at=${Date.parse(logo_at)}`;
}

/** The club's logo, beside its name or where that is known. */
export function ClubLogo(props: {
  readonly club: Pick<Schemas['ClubView'], 'id' | 'logo_at'>;
  readonly height: number;
}) {
  const { club, height } = props;
  const url = logoUrl(club);
  if (url === null) return null;
  const style = { height, width: 'auto', maxWidth: 3 * height, objectFit: 'contain' } as const;
  return <img src={url} alt="" style={style} />;
}
