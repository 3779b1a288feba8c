/**
 * Which videos stand for a match: those of main cameras, and an angle's where its match has no film of its own and will have none.
 * So what was filmed is always found, and each match once. @param video the name of its row
 */
export function standsForMatch(video: string): string {
  return `(${video}.angle_of IS NULL OR NOT EXISTS
    (SELECT FROM recordings match WHERE match.session_id = ${video}.angle_of AND match.status <> 'failed'))`;
}
