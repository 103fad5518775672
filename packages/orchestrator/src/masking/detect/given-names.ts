/**
 * Common given names of the languages whose words we know: to find people in a column that does not
 * say so. Nothing is ever made from this list.
 */
const names = `aaron adam adriana ahmed alan albert alejandro alessandro alex alexander alexandra alice ali
amanda amelie amy ana andrea andreas andrew angela anja anna anne anthony antonio arthur barbara bart
beatriz ben benjamin bernd betty bianca brian bruno camille carla carlos carmen carol caroline catherine
charles charlotte chiara chloe chris christian christine christopher claire clara claudia craig cristina
daan daniel daniela david deborah denise dennis diana diego dirk donald donna dorothy edward elena elisabeth
elizabeth ella emily emma eric erik eva fatima felix fernando florian frances francesca francesco francois
frank franz fred gabriel gabriela gary george giovanni giulia giuseppe gloria gonzalo grace guillaume hannah
hans heather heidi helen helena henri henry herbert hugo ian ines ingrid irene isabel isabella jack jacob
jacques james jan jane janet jason javier jean jeff jennifer jens jessica joan joao johan johanna john jonas
jorge jose joseph joshua juan judith julia julian julie jurgen karen karin karl kate katharina katherine
kathleen keith kelly ken kevin kim klaus kurt lars laura lea leon leonardo lina linda lisa lorenzo louis louise
luca lucas lucia lucy luis luisa lukas manuel marc marco margaret maria mariana marie marina mario mark marta
martha martin mary matteo matthew matthias maurice max megan melanie mia michael michelle miguel mohamed
monica monika nancy natalie nicolas nicole nina noah nora olga oliver olivia oscar pablo pamela paola paolo
patricia patrick paul paula pedro peter petra philip philippe pierre rachel rafael raquel rebecca renate
ricardo richard rita robert roberto roger ronald rosa ruth ryan sabine sam samuel sandra sara sarah scott sean
sebastian sergio sharon simon simone sofia sophie stefan stefano stephanie stephen steven susan susanne sven
teresa theo thomas tiago tim tina tobias tom ulrich ursula valentina vera victor victoria vincent walter
wendy werner william willem wolfgang yasmin yvonne zoe`

export const givenNames: ReadonlySet<string> = new Set(names.split(/\s+/))
