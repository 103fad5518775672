const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Names of directories and files that tell of no one, whoever chose them. Others are not told. */
export const pathWords = words(`
  account accounts admin api app archive archives article articles asset assets attachment
  attachments audio avatar avatars backup backups banner banners blob blobs brand brands cache
  catalog categories category comment comments content contract contracts cover covers css data
  default deleted document documents download downloads draft drafts email emails export exports
  favicon file files font fonts gallery galleries group groups icon icons image images img import
  imports inbox incoming index invoice invoices item items js large letter letters logo logos log
  logs mail mails media medium message messages misc new note notes old order orders original
  originals page pages pdf photo photos picture pictures post posts preview previews private
  processed product products profile profiles project projects public readme receipt receipts
  report reports robots shared small static statement statements storage store system team teams
  template templates temp test thumb thumbnail thumbnails thumbs ticket tickets tmp unsorted upload
  uploads user users video videos www
`)

/** What stands behind a name’s last dot and says what a file is. */
export const pathEndings = words(`
  7z avi avif bak bin bmp bz2 css csv db doc docx dot eml eps epub gif gz heic heif htm html ico ics
  ini jpeg jpg js json jsonl key log m4a md mov mp3 mp4 mpeg mpg msg odp ods odt ogg otf parquet pdf
  png ppt pptx psd rar rtf sql sqlite svg tar tgz tif tiff tmp toml ts tsv ttf txt vcf wav webm webp
  woff woff2 xls xlsx xml yaml yml zip zst
`)
