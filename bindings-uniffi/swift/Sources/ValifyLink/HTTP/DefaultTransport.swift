#if canImport(CCurl)
  /// What carries requests where nothing else is said: libcurl on Linux, `URLSession` on Apple's platforms.
  public typealias DefaultTransport = CurlTransport
#else
  /// What carries requests where nothing else is said: libcurl on Linux, `URLSession` on Apple's platforms.
  public typealias DefaultTransport = URLSessionTransport
#endif
