/**
 * Names of columns in Polish, Swedish, Danish, Norwegian, Finnish, Czech, Turkish, Russian, Ukrainian,
 * Chinese and Japanese: fewer than in the languages more schemas are written in, and no less telling.
 */
export const farther: Readonly<Record<string, string>> = {
  secret: `haslo, losenord, adgangskode, passord, salasana, heslo, sifre, parola, пароль, 密码, 密碼, パスワード,
    pesel, regon, personnummer, cpr nummer, fodselsnummer, henkilotunnus, hetu, rodne cislo, tc kimlik no,
    tckn, инн, снилс, паспорт, іпн, 身份证, 身份证号, 身份證字號, マイナンバー, numer konta, kontonummer, bankkonto, tilinumero, cislo uctu`,
  email: `adres email, e posta, eposta, e postadress, sahkoposti, почта, электронная почта, пошта, 邮箱, 电子邮件, 郵箱,
    電子郵件, メール, メールアドレス`,
  phone: `numer telefonu, komorka, telefonnummer, mobilnummer, puhelin, puhelinnumero, telefonni cislo, cep telefonu,
    телефон, мобильный, 电话, 手机, 手机号, 電話, 電話番号, 携帯番号`,
  username: `nazwa uzytkownika, anvandarnamn, brugernavn, brukernavn, kayttajatunnus, uzivatelske jmeno, kullanici adi,
    логин, 用户名, 使用者名稱, ユーザー名`,
  postcode: `kod pocztowy, postnummer, postinumero, psc, posta kodu, индекс, почтовый индекс, 邮编, 邮政编码, 郵便番号`,
  first_name: `imie, fornamn, fornavn, etunimi, jmeno, krestni jmeno, isim, adi, имя, отчество, имʼя, 名`,
  last_name: `nazwisko, efternamn, efternavn, etternavn, sukunimi, prijmeni, soyad, soyadi, soyisim, фамилия, прізвище, 姓`,
  full_name: `imie i nazwisko, ad soyad, adi soyadi, фио, полное имя, 姓名, 名字, 氏名, 名前, 全名`,
  company: `firma nazwa, foretag, virksomhed, bedrift, yritys, spolecnost, sirket, компания, организация, 公司, 会社名`,
  address: `ulica, adres zamieszkania, gata, gatuadress, gade, katu, katuosoite, ulice, sokak, адрес, улица, адреса, вулиця,
    地址, 住所`,
  city: `miasto, miejscowosc, postort, poststed, kaupunki, mesto, obec, sehir, город, місто, 城市, 市`,
  date: `data urodzenia, fodelsedatum, fodselsdato, fodselsdag, syntymaaika, datum narozeni, dogum tarihi, дата рождения,
    дата народження, 生日, 出生日期, 生年月日, 誕生日`,
  number: `pensja, wynagrodzenie, palkka, mzda, maas, зарплата, 工资, 給与`,
  text: `uwagi, opis, notatka, anteckning, beskrivning, kommentti, kuvaus, poznamka, popis, aciklama, notlar, комментарий,
    описание, примечание, 备注, 描述, 備考, コメント`,
}
