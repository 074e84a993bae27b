package org.valifylink

import java.net.ConnectException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpConnectTimeoutException
import java.net.http.HttpResponse.BodyHandler
import java.net.http.HttpResponse.BodySubscriber
import java.nio.ByteBuffer
import java.security.cert.CertificateException
import java.time.Duration
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionException
import java.util.concurrent.CompletionStage
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.Flow
import java.util.concurrent.TimeUnit
import java.util.function.Consumer
import javax.net.ssl.SSLException

/**
 * The default transport, over `java.net.http`: a client, and so a connection, for each request; HTTP/1.1; no redirects, no cookies, and no
 * proxy of the system's.
 *
 * [TransportFailure.NOT_SENT] is claimed for a refused connection, a name that is not found, a connection that is not made in time, and a
 * certificate that is not trusted.
 *
 * @param configure what a request's own client needs besides: a proxy, an `SSLContext`, an executor. Redirects, version and connect timeout
 *   are set after it
 */
public class JavaHttpTransport
    @JvmOverloads
    constructor(
        private val configure: Consumer<HttpClient.Builder> = Consumer {},
    ) : Transport {
        override fun send(request: HttpRequest): CompletionStage<HttpResponse> {
            val answer = CompletableFuture<HttpResponse>()
            val body = ResponseBody(request.maxResponseBytes)
            // Building a client and resolving a name both block.
            threads.execute { if (!answer.isDone) exchange(request, body, answer) }
            return answer
        }

        private fun exchange(
            request: HttpRequest,
            body: ResponseBody,
            answer: CompletableFuture<HttpResponse>,
        ) {
            try {
                val client = client(request.timeoutMs)
                val exchange = client.sendAsync(built(request), BodyHandler { Collector(body) })
                val timer = CompletableFuture.delayedExecutor(request.timeoutMs, TimeUnit.MILLISECONDS, threads)
                timer.execute { answer.completeExceptionally(TransportException(TransportFailure.MAYBE_SENT, TIMED_OUT)) }
                // Whoever ends it first (the answer, the time, the caller), the connection ends with it.
                answer.whenComplete { _, _ -> exchange.cancel(true) }
                exchange.whenCompleteAsync({ response, error -> finish(request, body, response, error, answer, client) }, threads)
            } catch (error: Exception) {
                answer.completeExceptionally(failure(error))
            }
        }

        private fun finish(
            request: HttpRequest,
            body: ResponseBody,
            response: java.net.http.HttpResponse<Unit>?,
            error: Throwable?,
            answer: CompletableFuture<HttpResponse>,
            client: HttpClient,
        ) {
            try {
                if (response == null) {
                    answer.completeExceptionally(failure(unwrapped(error)))
                    return
                }
                val lines = response.headers().map().flatMap { (name, values) -> values.map { HeaderLine(name, wellFormed(it)) } }
                val bytes = body.finish(response.headers().firstValue("content-encoding").orElse(null))
                val final = response.uri().toString()
                answer.complete(HttpResponse(response.statusCode(), lines, bytes, final))
            } catch (failed: Exception) {
                answer.completeExceptionally(failure(failed))
            } finally {
                // From Java 21 on; before, a client ends when nobody holds it.
                (client as Any as? AutoCloseable)?.close()
            }
        }

        private fun client(timeoutMs: Long): HttpClient {
            // Less than the whole, so that it is known that the connection was what took the time, on a busy machine too.
            val connectMs = (timeoutMs - (timeoutMs / 10).coerceAtMost(500)).coerceAtLeast(1)
            val builder = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).executor(threads)
            configure.accept(builder)
            return builder
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofMillis(connectMs))
                .build()
        }

        private fun built(request: HttpRequest): java.net.http.HttpRequest {
            val builder =
                java.net.http.HttpRequest
                    .newBuilder(URI.create(request.url))
            request.headers.forEach { builder.header(it.name, it.value) }
            return builder
                .header("Accept-Encoding", "identity")
                .method(
                    request.method,
                    java.net.http.HttpRequest.BodyPublishers
                        .ofByteArray(request.body),
                ).build()
        }

        override fun toString(): String = "JavaHttpTransport"

        private companion object {
            /** Daemons, so that no program waits for them. */
            private val threads: Executor =
                Executors.newCachedThreadPool { task -> Thread(task, "valify-link").apply { isDaemon = true } }

            /** What is thrown before the request is written, and only then. */
            private fun failure(error: Throwable): Throwable =
                when {
                    error is TransportException || error is Error -> error
                    error is CancellationException -> TransportException(TransportFailure.MAYBE_SENT, "cancelled")
                    error is ConnectException || error is HttpConnectTimeoutException || isUntrusted(error) ->
                        TransportException(TransportFailure.NOT_SENT, described(error))
                    else -> TransportException(TransportFailure.MAYBE_SENT, described(error))
                }

            /** Our own refusal of a certificate: an alert of the peer's may come after the request. */
            private fun isUntrusted(error: Throwable): Boolean =
                error is SSLException && generateSequence(error.cause) { it.cause }.take(MOST_CAUSES).any { it is CertificateException }

            private fun unwrapped(error: Throwable?): Throwable {
                val thrown = if (error is CompletionException) error.cause else error
                return generateSequence(thrown) { it.cause }.take(MOST_CAUSES).firstOrNull { it is TransportException }
                    ?: thrown ?: TransportException(TransportFailure.MAYBE_SENT, "no answer")
            }

            private const val MOST_CAUSES = 8
        }

        /** Takes the body's chunks under the cap, and ends the exchange where they are more. */
        private class Collector(
            private val body: ResponseBody,
        ) : BodySubscriber<Unit> {
            private val result = CompletableFuture<Unit>()
            private var subscription: Flow.Subscription? = null

            override fun getBody(): CompletionStage<Unit> = result

            override fun onSubscribe(subscription: Flow.Subscription) {
                this.subscription = subscription
                subscription.request(1)
            }

            override fun onNext(chunks: List<ByteBuffer>) {
                try {
                    chunks.forEach { chunk -> body.feed(ByteArray(chunk.remaining()).also(chunk::get)) }
                    subscription?.request(1)
                } catch (tooLarge: TransportException) {
                    subscription?.cancel()
                    result.completeExceptionally(tooLarge)
                }
            }

            override fun onError(error: Throwable) {
                result.completeExceptionally(error)
            }

            override fun onComplete() {
                result.complete(Unit)
            }
        }
    }
