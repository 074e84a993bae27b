// What Swift cannot call of libcurl: functions that take any number of arguments, and options whose name depends on the version.
#pragma once
#if !__has_include(<curl/curl.h>)
#error "ValifyLink needs libcurl's headers: install libcurl4-openssl-dev (Debian, Ubuntu) or libcurl-devel (Fedora, Amazon Linux)"
#endif
#include <curl/curl.h>

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long number) { return curl_easy_setopt(easy, option, number); }

static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *text) { return curl_easy_setopt(easy, option, text); }

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *pointer) { return curl_easy_setopt(easy, option, pointer); }

static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list) { return curl_easy_setopt(easy, option, list); }

// Copied: the size comes first.
static inline CURLcode ccurl_set_body(CURL *easy, const void *bytes, size_t count) {
  CURLcode sized = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
  return sized != CURLE_OK ? sized : curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes);
}

static inline CURLcode ccurl_set_taker(CURL *easy, CURLoption option, curl_write_callback taker) {
  return curl_easy_setopt(easy, option, taker);
}

// One request on one connection, with nothing from before and nothing for later. Its names and types differ from version to version.
static inline CURLcode ccurl_isolate(CURL *easy) {
  const struct { CURLoption option; long number; } numbers[] = {
    {CURLOPT_NOSIGNAL, 1},
    {CURLOPT_FRESH_CONNECT, 1},
    {CURLOPT_FORBID_REUSE, 1},
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_HTTP09_ALLOWED, 0},
    {CURLOPT_PATH_AS_IS, 1},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    // A tunnel's head is not the request's, and its answer not the answer.
    {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
  };
  for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
    CURLcode set = curl_easy_setopt(easy, numbers[at].option, numbers[at].number);
    if (set != CURLE_OK) return set;
  }
#if LIBCURL_VERSION_NUM >= 0x075500
  return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

static inline CURLcode ccurl_begin(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

// Asked once the connection is there and before the request is written; what is not 0 ends it.
typedef int (*ccurl_before)(void *context, char *to, char *from, int to_port, int from_port);

// An error where libcurl is older than 7.80.
static inline CURLcode ccurl_set_before(CURL *easy, ccurl_before before, void *context) {
#if LIBCURL_VERSION_NUM >= 0x075000
  CURLcode set = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before);
  return set != CURLE_OK ? set : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
#else
  (void)easy, (void)before, (void)context;
  return CURLE_UNKNOWN_OPTION;
#endif
}

static inline long ccurl_status(CURL *easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// Bytes of the body as they came, before they were decoded.
static inline long long ccurl_received(CURL *easy) {
  curl_off_t count = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &count);
  return count;
}

static inline const char *ccurl_final_url(CURL *easy) {
  char *url = 0;
  curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &url);
  return url;
}
